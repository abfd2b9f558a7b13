import Catalogue
import Pipeline

/// Table 1 during training: how good greedy answers to held-out prompts are, by the truth and by a ranker
/// that pays no reward.
struct PolicyValidation {
    let scorer: AnswerScorer

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
        return [
            .categoryL1: levels[0], .categoryL2: levels[1], .categoryL3: levels[2],
            .titleHitRate50: mean(scored.hits(50)), .titleHitRate100: mean(scored.hits(100)),
            .ctcvr: mean(scored.ctcvr),
            .answered: Double(answers.count - unanswered) / Double(answers.count),
        ]
    }
}
