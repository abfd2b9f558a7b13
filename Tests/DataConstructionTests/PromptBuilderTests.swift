import Pipeline
import Testing

@testable import DataConstruction

@Suite("Prompts") struct PromptBuilderTests {
    private static let items = (0..<8).map { index in
        Item(
            id: "\(index)", title: "thing \(index)", categories: ["shop", index % 2 == 0 ? "even" : ""],
            brand: "",
            price: index == 3 ? 2.5 : nil)
    }
    private static let state = PromptBuilder.State(
        profile: "age 25", history: items, usual: [(items[1], 4), (items[2], 2)])

    @Test("the neutral prompt shows profile, usual items with counts, and the newest behaviours")
    func neutralPrompt() throws {
        var builder = try PromptBuilder(PromptConfiguration())
        let prompts = try builder.prompts(Self.state, target: Self.items[0])
        let lines = prompts.plain.split(separator: "\n").map(String.init)
        #expect(lines[0] == "User: age 25")
        #expect(lines[1] == "Chosen again and again: thing 1 ×4, thing 2 ×2")
        #expect(
            lines[2].hasPrefix("Chosen last, newest first: thing 0 (even); thing 1 (shop); thing 2 (even); "))
        #expect(lines[3] == PromptConfiguration().request && lines[4] == "<think>reasoning</think>")
        #expect(lines.count == 6)
        #expect(!prompts.plain.contains("Chosen next"))
        #expect(
            prompts.revealed.contains(
                "\nChosen next:\nItem title: thing 0; Category L1: shop; Category L2: even\n"))
    }

    @Test("lines of which nothing is known are left out") func emptyLines() throws {
        var builder = try PromptBuilder(PromptConfiguration())
        let state = PromptBuilder.State(profile: "", history: [Self.items[3]], usual: [])
        let plain = try builder.prompts(state, target: nil)
        #expect(
            plain.plain.hasPrefix("Chosen last, newest first: thing 3 (shop)\n") && plain.revealed.isEmpty)
    }

    @Test("a token budget cuts the oldest behaviours and counts them") func budgetCutsTheOldest() throws {
        var configuration = PromptConfiguration()
        configuration.maximumTokens = 60
        let count = { (text: String) in text.split { $0 == " " || $0 == "\n" }.count }
        var builder = try PromptBuilder(configuration, tokenCount: count)
        let cut = try builder.prompts(Self.state, target: Self.items[0])
        #expect(count(cut.plain) <= 60 && cut.plain.contains("thing 0 (even)"))
        #expect(!cut.plain.contains("thing 7") && !cut.revealed.contains("thing 7"))
        #expect(builder.cuts.prompts == 1)
        // One behaviour more would be too much.
        let kept = 8 - builder.cuts.behaviors
        #expect(kept > 0 && kept < 8 && count(cut.plain) + 3 > 60)
        _ = try builder.prompts(
            PromptBuilder.State(profile: "", history: [Self.items[0]], usual: []), target: nil)
        #expect(builder.cuts.prompts == 1)
    }

    @Test("a template in another language, with an optional part and brackets of its own")
    func otherLanguage()
        throws
    {
        let template = try TextTemplate(
            "{{Titre}}: {title}[, {price} €] [[{l1}]]", fields: ["title", "price", "l1"])
        #expect(template.render(["title": "Thé", "price": "2.5", "l1": "x"]) == "{Titre}: Thé, 2.5 € [x]")
        #expect(template.render(["title": "Thé"]) == "{Titre}: Thé []")
    }

    @Test(
        "a template's faults are found when the configuration is read",
        arguments: [
            ("construct.prompt.behavior=\"{titel}\"", "unknown field {titel}; did you mean {title}?"),
            ("construct.prompt.state=\"{profile} {target}\"", "unknown field {target}"),
            ("construct.prompt.query=\"{state\"", "'{' without its pair"),
            ("construct.prompt.profile=\"{attributes}[, {categories}\"", "'[' without its pair"),
            ("construct.prompt.attributes={age: \"aged {valeu}\"}", "did you mean {value}?"),
        ])
    func faultsOfTemplates(setting: String, words: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationReader.read(nil, settings: [setting])
        }
        let key = setting.prefix { $0 != "=" }
        #expect("\(error as Any)".contains(words) && "\(error as Any)".contains(key), "\(error as Any)")
    }
}
