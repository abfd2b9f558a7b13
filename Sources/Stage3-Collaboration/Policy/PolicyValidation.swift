import Catalogue
import Evaluation
import Pipeline

/// Table 1 during training: how good greedy answers to held-out prompts are, by the truth and by a ranker
/// that pays no reward; beside it what the ranker that pays would pay, and how the completions look.
struct PolicyValidation {
    let scorer: AnswerScorer
    /// Simulated scores of the scorer's samples.
    let environment: SimulationEnvironment

    /// - Parameter answers: completions, one per sample of the scorer.
    func metrics(_ answers: [String]) throws -> [ValidationConfiguration.Metric: Double] {
        let scored = try scorer.score(answers, name: "held-out prompts")
        func mean(_ values: [Double]) -> Double {
            values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
        }
        let levels = (0..<3).map { level in
            mean(scored.categoryHits.compactMap { $0[level] }.map { $0 ? 1 : 0 })
        }
        let unanswered = scored.format?.outcomes[AnswerScorer.noAnswer] ?? 0
        let paid = try zip(scorer.samples, scorer.groundedEntries(answers)).map { sample, entry in
            try entry.map { try environment.reward(sample: sample.id, entry: $0) } ?? 0
        }
        return [
            .categoryL1: levels[0], .categoryL2: levels[1], .categoryL3: levels[2],
            .titleHitRate50: mean(scored.hits(50)), .titleHitRate100: mean(scored.hits(100)),
            .ctcvr: mean(scored.ctcvr),
            .answered: Double(answers.count - unanswered) / Double(answers.count),
            .similarity: mean(scored.similarity), .collaborative: mean(paid),
            .words: mean(answers.map { Double($0.split(whereSeparator: \.isWhitespace).count) }),
            .distinctOpenings: Self.distinctOpenings(answers),
        ]
    }

    /// Share of chains of thought whose first five words no other one begins with.
    static func distinctOpenings(_ completions: [String]) -> Double {
        let openings = completions.map { completion in
            AnswerParser.parse(completion).reasoning.split(whereSeparator: \.isWhitespace).prefix(5)
                .joined(separator: " ")
        }
        let counts = Dictionary(openings.map { ($0, 1) }, uniquingKeysWith: +)
        return Double(openings.count { counts[$0] == 1 }) / Double(max(1, openings.count))
    }
}
