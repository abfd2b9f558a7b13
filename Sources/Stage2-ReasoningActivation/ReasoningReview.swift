import Evaluation
import LanguageModels
import Pipeline

/// What a chain of thought owes to the answer that its author was shown, design of §2.1.2 with a strong
/// teacher: leaks beyond phrases, and words that only restate the answer.
struct ReasoningReview {
    /// One chain of thought.
    struct Chain {
        let sample: PromptSample
        /// Its place among the prompt's candidates.
        let index: Int
        let reasoning: String
        /// The answer that it leads to, where its author was not shown the true one.
        let prediction: String?
        /// What was bought.
        let item: Item
    }

    /// Unit vectors of texts, `[N][D]`.
    let embed: ([String]) throws -> [[Float]]
    /// Minimum cosine of a paraphrase; 1 finds none.
    let paraphraseThreshold: Double

    /// The leaks of every chain of thought.
    func findings(_ chains: [Chain]) throws -> [[LeakDetector.Finding]] {
        let phrases = chains.map {
            LeakDetector().findings(in: $0.reasoning, item: $0.item, prompt: $0.sample.prompt)
        }
        guard paraphraseThreshold < 1 else { return phrases }
        return zip(phrases, try paraphrases(chains)).map { $0 + $1 }
    }

    /// The sentences before the last one that mean the true title. One that means something which the prompt
    /// names as well or better is none.
    private func paraphrases(_ chains: [Chain]) throws -> [[LeakDetector.Finding]] {
        var vectors = TextVectors(embed: embed)
        let early = chains.map { LeakDetector.sentences(of: $0.reasoning).dropLast() }
        try vectors.add(zip(chains, early).flatMap { $1.isEmpty ? [] : [$0.item.title] + $1 })
        let close = zip(chains, early).map { chain, sentences in
            sentences.indices.filter {
                vectors.cosine(sentences[$0], chain.item.title) >= paraphraseThreshold
            }
        }
        try vectors.add(zip(chains, close).flatMap { $1.isEmpty ? [] : Self.parts(of: $0.sample.prompt) })
        return chains.indices.map { place in
            close[place].filter { sentence in
                let text = early[place][sentence]
                let own = vectors.cosine(text, chains[place].item.title)
                return Self.parts(of: chains[place].sample.prompt).allSatisfy {
                    vectors.cosine(text, $0) < own
                }
            }.map { LeakDetector.Finding(.earlyParaphrase, sentence: $0) }
        }
    }

    /// What a prompt names, piece by piece.
    private static func parts(of prompt: String) -> [String] {
        prompt.split { $0.isNewline || $0 == ";" }
            .map { String($0).trimmed }.filter { !$0.isEmpty }
    }

    /// A chain of thought without the sentences that leak.
    static func without(_ findings: [LeakDetector.Finding], _ reasoning: String) -> String {
        let leaking = Set(findings.map(\.sentence))
        return LeakDetector.sentences(of: reasoning).enumerated()
            .filter { !leaking.contains($0.offset) }.map(\.element).joined().trimmed
    }

    /// The words of a chain of thought that its answer has too, in their order: all that a mere restatement
    /// says.
    static func ownWords(_ reasoning: String, of item: Item) -> String {
        let answer = Set(([item.title, item.brand] + item.categories).flatMap(words).map { $0.lowercased() })
        return words(reasoning).filter { answer.contains($0.lowercased()) }.joined(separator: " ")
    }

    private static func words(_ text: String) -> [Substring] {
        text.split { !$0.isLetter && !$0.isNumber }
    }
}

/// Vectors of texts, each computed once.
private struct TextVectors {
    let embed: ([String]) throws -> [[Float]]
    private var vectors: [String: [Float]] = [:]

    init(embed: @escaping ([String]) throws -> [[Float]]) { self.embed = embed }

    mutating func add(_ texts: [String]) throws {
        let new = Set(texts).filter { vectors[$0] == nil }.sorted()
        guard !new.isEmpty else { return }
        for (text, vector) in zip(new, try embed(new)) { vectors[text] = vector }
    }

    /// Of two texts that were added; −1 for others.
    func cosine(_ one: String, _ other: String) -> Double {
        guard let first = vectors[one], let second = vectors[other] else { return -1 }
        return Double(zip(first, second).reduce(0) { $0 + $1.0 * $1.1 })
    }
}

extension String {
    fileprivate var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
