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

    /// The leaks of one chain of thought, in the order of `Leak`; empty if none.
    /// - Parameters:
    ///   - reasoning: text inside `<think>`.
    ///   - title: the true title.
    ///   - isTitleInPrompt: whether the plain prompt's history names that title too, as when a purchase is
    ///     repeated; then naming it early tells nothing.
    public func leaks(in reasoning: String, title: String, isTitleInPrompt: Bool = false) -> [Leak] {
        let text = WordSequence(reasoning)
        let states = statements.contains { phrase in
            text.ranges(of: WordSequence(phrase).words).contains { range in
                range.upperBound == text.words.count || !hedges.contains(text.words[range.upperBound])
            }
        }
        let cites = citations.contains { !text.ranges(of: WordSequence($0).words).isEmpty }
        let named = text.ranges(of: WordSequence(title).words)
        let conclusion = text.lastSentenceStart(ignoringBreaksIn: named)
        let isEarly = !isTitleInPrompt && named.contains { $0.lowerBound < conclusion }
        return zip(Leak.allCases, [states, cites, isEarly]).compactMap { $1 ? $0 : nil }
    }
}
