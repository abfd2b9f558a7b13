import Evaluation
import Testing

@Suite struct LeakDetectorTests {
    private let title = "18 oz. peanut butter"

    @Test(
        "leaks are found, and inferences are not taken for leaks",
        arguments: [
            ("They like spreads. So 18 oz. peanut butter fits.", [LeakDetector.Leak]()),
            ("They like spreads. 18 OZ peanut  butter is next on the list. It fits.", [.earlyTitle]),
            ("They like spreads. 18 oz. peanut butter fits.", []),
            ("The user will buy jam. It fits.", [.statedOutcome]),
            ("The next item is likely jam.", []),
            ("The next item is: jam.", [.statedOutcome]),
            ("As given, they want a spread.", [.citedAnswer]),
            ("I was told the spread. The NEXT item is peanut butter.", [.statedOutcome, .citedAnswer]),
            (
                "18 oz. peanut butter as given!\nThe next item is 18 oz. peanut butter",
                LeakDetector.Leak.allCases
            ),
            ("They buy 24 oz. peanut butter. And 1.5 lb of jam.", []),
            ("The whole thing is 18 oz. peanut butter", []),
            ("Has given gifts; has old toasters.", []),
            ("", []),
        ])
    func leaksAreToldFromInferences(reasoning: String, expected: [LeakDetector.Leak]) {
        #expect(LeakDetector().leaks(in: reasoning, title: title) == expected, "\(reasoning)")
    }

    @Test("naming the title early is not a leak if the history shows it") func titleFromTheHistoryIsNoLeak() {
        let reasoning = "They buy whole milk weekly. They will want more."
        #expect(LeakDetector().leaks(in: reasoning, title: "Whole Milk") == [.earlyTitle])
        #expect(LeakDetector().leaks(in: reasoning, title: "Whole Milk", isTitleInPrompt: true) == [])
        #expect(LeakDetector().leaks(in: reasoning, title: "") == [])
    }

    @Test("leaks are found in a script without spaces between words") func scriptsWithoutSpaces() {
        #expect(LeakDetector().leaks(in: "用户喜欢绿茶。所以买它。", title: "绿茶") == [.earlyTitle])
        #expect(LeakDetector().leaks(in: "用户喜欢饮料。所以买绿茶。", title: "绿茶") == [])
    }

    @Test("the phrases that mark a leak can be replaced") func phrasesCanBeReplaced() {
        let detector = LeakDetector(statements: [], citations: ["oracle"])
        #expect(detector.leaks(in: "The oracle says: the user will buy it.", title: "x") == [.citedAnswer])
    }
}
