import Evaluation
import TestSupport
import Testing

struct ParserCase: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let outcome: ParsedAnswer.Outcome
    var think: ParsedAnswer.Tag = .absent
    var reasoning = ""
    var answer: ParsedAnswer.Tag = .closed
    var title: String?
    var categories: [String?] = [nil, nil, nil]
    var testDescription: String { name }
}

private let whole: [String?] = ["grocery", "milk", "fluid milk"]
private let fields =
    "Item title: whole milk; Category L1: grocery; Category L2: milk; Category L3: fluid milk"

private let cases = [
    ParserCase(
        name: "the format as trained", text: "<think>Buys milk weekly.</think>\n<answer>\(fields)</answer>",
        outcome: .complete, think: .closed, reasoning: "Buys milk weekly.", title: "whole milk",
        categories: whole),
    ParserCase(name: "empty text", text: "", outcome: .noAnswer, answer: .absent),
    ParserCase(
        name: "garbage", text: "<<>><th<ink>&;;:::>\u{0}\u{FFFD}", outcome: .noAnswer, answer: .absent),
    ParserCase(name: "fields without tags", text: fields, outcome: .noAnswer, answer: .absent),
    ParserCase(
        name: "reasoning only", text: "<think> likes\n tea </think>", outcome: .noAnswer, think: .closed,
        reasoning: "likes\n tea", answer: .absent),
    ParserCase(
        name: "empty think", text: "<think> \n</think>", outcome: .noAnswer, think: .closed, answer: .absent),
    ParserCase(name: "empty answer", text: "<answer> \n </answer>", outcome: .noAnswer),
    ParserCase(
        name: "cut off in the reasoning", text: "<think>Buys mi", outcome: .noAnswer, think: .unclosed,
        reasoning: "Buys mi", answer: .absent),
    ParserCase(
        name: "cut off in the answer",
        text: "<think>r</think><answer>Item title: whole milk; Category L1: gro",
        outcome: .partial, think: .closed, reasoning: "r", answer: .unclosed, title: "whole milk",
        categories: ["gro", nil, nil]),
    ParserCase(
        name: "cut off before the colon", text: "<answer>Item title: whole milk; Category L1",
        outcome: .titleOnly,
        answer: .unclosed, title: "whole milk"),
    ParserCase(
        name: "think never closed", text: "<think>Tea again <answer>\(fields)</answer>", outcome: .complete,
        think: .unclosed, reasoning: "Tea again", title: "whole milk", categories: whole),
    ParserCase(
        name: "only a closing think tag", text: "Tea</think><answer>\(fields)</answer>", outcome: .complete,
        title: "whole milk", categories: whole),
    ParserCase(
        name: "letter case and blanks of tags", text: "< THINK >r</ Think><Answer >\(fields)< / ANSWER >",
        outcome: .complete, think: .closed, reasoning: "r", title: "whole milk", categories: whole),
    ParserCase(
        name: "letter case of fields",
        text:
            "<answer>ITEM TITLE : Whole Milk;CATEGORY L1:Grocery;category_l2: Milk; "
            + "Category-L3:Fluid Milk</answer>",
        outcome: .complete, title: "Whole Milk", categories: ["Grocery", "Milk", "Fluid Milk"]),
    ParserCase(
        name: "line breaks",
        text: "<answer>\nItem\n title:\n whole\n  milk\nCategory  L1: grocery\r\nCategory L2: milk\n"
            + "Category L3: fluid milk\n</answer>", outcome: .complete, title: "whole milk", categories: whole
    ),
    ParserCase(
        name: "a list in bold",
        text: "<answer>- **Item title**: whole milk\n- **Category L1:** grocery\n- **Category L2**: milk\n"
            + "- **Category L3**: fluid milk</answer>", outcome: .complete, title: "whole milk",
        categories: whole),
    ParserCase(
        name: "quoted values",
        text: "<answer>\"Item title\": \"whole milk\"; 'Category L1': 'grocery'</answer>",
        outcome: .partial, title: "whole milk", categories: ["grocery", nil, nil]),
    ParserCase(
        name: "a quote that belongs to the title", text: "<answer>Item title: pizza 12\"</answer>",
        outcome: .titleOnly, title: "pizza 12\""),
    ParserCase(
        name: "a semicolon and a colon inside the title",
        text: "<answer>Item title: mac; cheese: 2 lb.; Category L1: grocery</answer>", outcome: .partial,
        title: "mac; cheese: 2 lb.", categories: ["grocery", nil, nil]),
    ParserCase(
        name: "levels out of order, one missing",
        text: "<answer>Category L3: fluid milk; Item title: whole milk; Category L1: grocery</answer>",
        outcome: .partial, title: "whole milk", categories: ["grocery", nil, "fluid milk"]),
    ParserCase(
        name: "categories only", text: "<answer>Category L1: grocery; Category L2: milk</answer>",
        outcome: .categoriesOnly, categories: ["grocery", "milk", nil]),
    ParserCase(
        name: "an empty level", text: "<answer>Item title: tea; Category L1: ; Category L2: drinks</answer>",
        outcome: .partial, title: "tea", categories: [nil, "drinks", nil]),
    ParserCase(
        name: "the template echoed", text: "<answer>Item title: …; Category L1: ...; Category L2: …</answer>",
        outcome: .unstructured),
    ParserCase(name: "a bare name", text: "<answer>whole milk</answer>", outcome: .unstructured),
    ParserCase(
        name: "chatter after the fields", text: "<answer>\(fields); because it is cheap.\nBye</answer>",
        outcome: .complete, title: "whole milk", categories: whole),
    ParserCase(
        name: "a repeated field",
        text: "<answer>Item title: tea; Item title: coffee; Category L1: drinks</answer>",
        outcome: .partial, title: "tea", categories: ["drinks", nil, nil]),
    ParserCase(
        name: "repeated blocks",
        text:
            "<think>a</think><answer>Item title: tea</answer>"
            + "<think>b</think><answer>Item title: jam</answer>",
        outcome: .titleOnly, think: .closed, reasoning: "a", title: "tea"),
    ParserCase(
        name: "an answer opened twice", text: "<answer>Item title: tea <answer>Item title: jam</answer>",
        outcome: .titleOnly, answer: .unclosed, title: "tea"),
    ParserCase(
        name: "a repeated think tag", text: "<think><think>a</think></think><answer>Item title: tea</answer>",
        outcome: .titleOnly, think: .closed, reasoning: "a", title: "tea"),
    ParserCase(
        name: "an answer inside the reasoning",
        text: "<think>not <answer>Item title: jam</answer></think><answer>Item title: tea</answer>",
        outcome: .titleOnly, think: .closed, reasoning: "not <answer>Item title: jam</answer>", title: "tea"),
    ParserCase(
        name: "an answer nowhere but inside the reasoning",
        text: "<think><answer>Item title: jam</answer></think>",
        outcome: .noAnswer, think: .closed, reasoning: "<answer>Item title: jam</answer>", answer: .absent),
    ParserCase(
        name: "the answer before the reasoning", text: "<answer>Item title: tea</answer><think>r</think>",
        outcome: .titleOnly, think: .closed, reasoning: "r", title: "tea"),
    ParserCase(
        name: "a word that ends like a field", text: "<answer>Subcategory L1: x; Item title: tea</answer>",
        outcome: .titleOnly, title: "tea"),
    ParserCase(
        name: "letters outside ASCII",
        text: "<think>喝茶</think><answer>Item title: 绿茶 crème; Category L1: 饮料</answer>",
        outcome: .partial, think: .closed, reasoning: "喝茶", title: "绿茶 crème", categories: ["饮料", nil, nil]),
]

@Suite struct AnswerParserTests {
    @Test("each completion is parsed into its outcome and fields", arguments: cases)
    func completionsAreParsed(
        example: ParserCase
    ) {
        let parsed = AnswerParser.parse(example.text)
        #expect(parsed.outcome == example.outcome)
        #expect(parsed.thinkTag == example.think)
        #expect(parsed.reasoning == example.reasoning)
        #expect(parsed.answerTag == example.answer)
        #expect(parsed.title == example.title)
        #expect(parsed.categories == example.categories)
    }

    @Test("the text to embed is the title, or the answer if it has no fields")
    func titleOrWholeAnswerIsEmbedded() {
        #expect(AnswerParser.parse("<answer>\(fields)</answer>").groundingText == "whole milk")
        #expect(AnswerParser.parse("<answer> green tea </answer>").groundingText == "green tea")
        #expect(AnswerParser.parse("<answer>Category L1: tea</answer>").groundingText == nil)
        #expect(AnswerParser.parse("green tea").groundingText == nil)
    }

    @Test("every outcome occurs in the cases") func everyOutcomeOccursInTheCases() {
        #expect(Set(cases.map(\.outcome)) == Set(ParsedAnswer.Outcome.allCases))
    }

    @Test("pieces of the format in any order never trap", arguments: 1...40)
    func formatPiecesInAnyOrderNeverTrap(seed: Int) {
        let pieces = [
            "<think>", "</think>", "<answer>", "</answer>", "Item title:", "Category L2 :", ";", "\n", "茶",
            " a",
        ]
        var random = TestRandom(seed: seed)
        for _ in 0..<50 {
            let text = (0..<random.below(14)).map { _ in pieces[random.below(pieces.count)] }.joined()
            let parsed = AnswerParser.parse(text)
            #expect(parsed.categories.count == 3)
            #expect((parsed.outcome == .noAnswer) == parsed.answer.isEmpty, "seed \(seed): \(text)")
            if parsed.thinkTag == .absent { #expect(!text.contains("<think>"), "seed \(seed): \(text)") }
        }
    }
}
