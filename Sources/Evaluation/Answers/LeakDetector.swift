public import Pipeline

/// Finds reasoning that says it was shown the answer (design: RUPR leaks). Such a chain of thought teaches
/// nothing.
public struct LeakDetector: Sendable {
    /// How a chain of thought gave itself away.
    public enum Leak: String, Sendable, Codable, CaseIterable {
        /// States the purchase as a fact instead of inferring it: "the user will buy".
        case statedOutcome
        /// Refers to what its prompt revealed: "as given", "was told".
        case citedAnswer
        /// Names the true title before its last sentence, where an inference would first name it.
        case earlyTitle
        /// Names the true item's brand and its narrowest category there, in one sentence.
        case earlyType
        /// Means the true title there, in other words: close to it in the sentence encoder's space.
        case earlyParaphrase
    }

    /// Phrases of a stated outcome. One that a hedge follows ("the next item is likely …") is an inference.
    public var statements: [String]
    /// Phrases that refer to a revealed answer.
    public var citations: [String]
    /// Words that turn a statement into an inference.
    public var hedges: Set<String>

    /// A detector with the phrases of this data's prompts, or with others.
    public init(
        statements: [String] = Self.defaultStatements, citations: [String] = Self.defaultCitations,
        hedges: Set<String> = Self.defaultHedges
    ) {
        self.statements = statements
        self.citations = citations
        self.hedges = hedges
    }

    /// Phrases that state the purchase.
    public static let defaultStatements = [
        "the user will buy", "the user will purchase", "the user bought next", "user next bought",
        "next item is", "the next purchase is", "next purchased item is", "next item bought is",
        "next item was", "the next purchase was", "ended up buying", "did buy",
    ]

    /// Phrases that refer to an answer in the prompt.
    public static let defaultCitations = [
        "as given", "given answer", "given item", "given next", "was told", "were told", "been told",
        "told that", "the revealed", "was revealed", "the provided answer", "provided item",
        "the correct answer", "the true answer", "the actual answer", "the answer is given",
        "ground truth", "the hint", "already know", "we know the user",
    ]

    /// Words that make an inference of what would be a statement.
    public static let defaultHedges: Set = [
        "likely", "probably", "possibly", "perhaps", "most", "going", "expected", "predicted", "plausibly",
        "maybe",
    ]

    /// A leak and the sentence that it stands in, counted from 0.
    public struct Finding: Sendable, Equatable {
        /// What gives the chain of thought away.
        public var leak: Leak
        /// The sentence's place.
        public var sentence: Int

        /// A leak in a sentence.
        public init(_ leak: Leak, sentence: Int) {
            self.leak = leak
            self.sentence = sentence
        }
    }

    /// The sentences of a chain of thought, as `Finding.sentence` counts them.
    public static func sentences(of reasoning: String) -> [String] {
        WordSequence(reasoning).sentences.map(String.init)
    }

    /// The leaks of one chain of thought, those of a kind after those of the kinds before it in `Leak`.
    ///
    /// - Parameters:
    ///   - reasoning: text inside `<think>`.
    ///   - item: what was bought.
    ///   - prompt: what the student reads. Naming what it names tells nothing, as when a purchase is
    ///     repeated.
    public func findings(in reasoning: String, item: Item, prompt: String) -> [Finding] {
        let text = WordSequence(reasoning)
        func found(_ leak: Leak, _ ranges: [Range<Int>]) -> [Finding] {
            ranges.map { Finding(leak, sentence: text.sentence(ofWord: $0.lowerBound)) }
        }
        let stated = statements.flatMap { phrase in
            text.ranges(of: WordSequence(phrase).words).filter { range in
                range.upperBound == text.words.count || !hedges.contains(text.words[range.upperBound])
            }
        }
        let cited = citations.flatMap { text.ranges(of: WordSequence($0).words) }
        let named = text.ranges(of: WordSequence(item.title).words)
        let conclusion = text.lastSentenceStart(ignoringBreaksIn: named)
        let early = prompt.contains(item.title) ? [] : named.filter { $0.lowerBound < conclusion }
        return found(.statedOutcome, stated) + found(.citedAnswer, cited) + found(.earlyTitle, early)
            + typed(text, item, before: conclusion, WordSequence(prompt)).map {
                Finding(.earlyType, sentence: $0)
            }
    }

    /// The sentences before the conclusion that name both the brand and the narrowest category.
    private func typed(
        _ text: WordSequence, _ item: Item, before conclusion: Int, _ prompt: WordSequence
    ) -> [Int] {
        let brand = WordSequence(item.brand).words
        let type = WordSequence(item.categories.last { !$0.isEmpty } ?? "").words
        guard prompt.ranges(of: type).isEmpty else { return [] }
        func sentences(_ phrase: [String]) -> Set<Int> {
            Set(
                text.ranges(of: phrase).filter { $0.lowerBound < conclusion }.map {
                    text.sentence(ofWord: $0.lowerBound)
                })
        }
        return sentences(brand).intersection(sentences(type)).sorted()
    }

    /// The kinds among findings, in the order of `Leak`.
    public static func kinds(_ findings: [Finding]) -> [Leak] {
        Leak.allCases.filter { leak in findings.contains { $0.leak == leak } }
    }
}
