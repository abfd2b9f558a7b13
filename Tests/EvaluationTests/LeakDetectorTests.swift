import Evaluation
import Pipeline
import Testing

@Suite struct LeakDetectorTests {
    private let title = "18 oz. peanut butter"

    private func item(_ title: String, type: String = "", brand: String = "") -> Item {
        Item(id: "1", title: title, categories: ["grocery", type, ""], brand: brand, price: nil)
    }

    private func leaks(
        _ reasoning: String, _ title: String, prompt: String = "", detector: LeakDetector = LeakDetector()
    ) -> [LeakDetector.Leak] {
        LeakDetector.kinds(detector.findings(in: reasoning, item: item(title), prompt: prompt))
    }

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
                [.statedOutcome, .citedAnswer, .earlyTitle]
            ),
            ("They buy 24 oz. peanut butter. And 1.5 lb of jam.", []),
            ("The whole thing is 18 oz. peanut butter", []),
            ("Has given gifts; has old toasters.", []),
            ("", []),
        ])
    func leaksAreToldFromInferences(reasoning: String, expected: [LeakDetector.Leak]) {
        #expect(leaks(reasoning, title) == expected, "\(reasoning)")
    }

    @Test("naming the title early is not a leak if the history shows it") func titleFromTheHistoryIsNoLeak() {
        let reasoning = "They buy whole milk weekly. They will want more."
        #expect(leaks(reasoning, "Whole Milk") == [.earlyTitle])
        #expect(leaks(reasoning, "Whole Milk", prompt: "Bought: Whole Milk") == [])
        #expect(leaks(reasoning, "") == [])
    }

    @Test("leaks are found in a script without spaces between words") func scriptsWithoutSpaces() {
        #expect(leaks("用户喜欢绿茶。所以买它。", "绿茶") == [.earlyTitle])
        #expect(leaks("用户喜欢饮料。所以买绿茶。", "绿茶") == [])
    }

    @Test("the phrases that mark a leak can be replaced") func phrasesCanBeReplaced() {
        let detector = LeakDetector(statements: [], citations: ["oracle"])
        #expect(
            leaks("The oracle says: the user will buy it.", "x", detector: detector) == [.citedAnswer])
    }

    @Test("brand and narrowest category in one early sentence are a leak; one of them, or late, is none")
    func brandAndType() {
        let tea = item("sencha 40 bags", type: "green tea", brand: "Uji")
        func findings(_ reasoning: String, _ prompt: String = "") -> [LeakDetector.Finding] {
            LeakDetector().findings(in: reasoning, item: tea, prompt: prompt)
        }
        #expect(
            findings("They drink. An UJI green tea is near. So it fits.")
                == [LeakDetector.Finding(.earlyType, sentence: 1)])
        #expect(findings("Green tea is near. Uji is a town. So it fits.") == [])
        #expect(findings("They drink. So an Uji green tea fits.") == [])
        #expect(findings("An Uji green tea is near. So it fits.", "Bought: a green tea") == [])
    }

    @Test("sentences add up to the text, and findings name theirs") func sentences() {
        let text = "They eat 1.5 lb. Then, as given, İce! 18 oz. peanut butter fits"
        let sentences = LeakDetector.sentences(of: text)
        #expect(sentences.joined() == text && sentences.count == 4)
        let cited = LeakDetector().findings(in: text, item: item(title), prompt: "")
        #expect(cited == [LeakDetector.Finding(.citedAnswer, sentence: 1)])
    }
}
