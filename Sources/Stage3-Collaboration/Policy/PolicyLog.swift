import Evaluation
import Foundation
import LanguageModels
import Pipeline

/// Everything that one step of policy optimization came to.
struct PolicyStep {
    let step: Int
    let samples: [PromptSample]
    let rollouts: Rollouts
    let answers: [[RewardedAnswer]]
    let rewards: RewardTable
    let weights: RewardWeights
    let alignment: GradientAlignment?
    let advantages: GroupAdvantages
    let loss: Double
    let kl: Double
    let clippedTokens: Int
    let gradientNorm: Double
    let learningRate: Double
}

/// Writes `metrics.jsonl` and `rollouts.jsonl`.
struct PolicyLog {
    private var metrics: MetricsLog<PolicyMetrics>
    private var rollouts: MetricsLog<RolloutRecord>

    /// - Parameter count: steps whose lines are kept when a loop resumes.
    init(_ folder: URL, keeping count: Int, rolloutsPerStep: Int) throws {
        metrics = try MetricsLog(folder.appending(path: "metrics.jsonl"), keeping: count)
        rollouts = try MetricsLog(folder.appending(path: "rollouts.jsonl"), keeping: count * rolloutsPerStep)
    }

    /// The last step in a few words.
    var line: String {
        guard let last = metrics.records.last else { return "" }
        let rewards = RewardSource.allCases.map { source in
            String(
                format: "%@ %.3f (w %.2f)", source.rawValue, last.meanReward[source.rawValue] ?? 0,
                last.weights[source.rawValue] ?? 0)
        }
        return rewards.joined(separator: ", ")
    }

    mutating func append(_ step: PolicyStep) throws {
        try rollouts.append(contentsOf: records(step))
        try metrics.append(summary(step))
    }

    private func records(_ step: PolicyStep) -> [RolloutRecord] {
        step.samples.indices.flatMap { n in
            step.answers[n].enumerated().map { index, answer in
                RolloutRecord(
                    step: step.step, sample: step.samples[n].id, index: index,
                    text: step.rollouts.texts[n][index],
                    tokens: step.rollouts.completions[n][index].ids.count, outcome: answer.answer.outcome,
                    grounding: answer.grounding, semantic: answer.semantic,
                    collaborative: answer.collaborative,
                    advantage: step.advantages.values[n][index])
            }
        }
    }

    private func summary(_ step: PolicyStep) -> PolicyMetrics {
        let completions = step.rollouts.completions.joined()
        let tokens = completions.reduce(0) { $0 + $1.ids.count }
        let count = Double(completions.count)
        func bySource<Value>(_ value: (Int) -> Value) -> [String: Value] {
            Dictionary(
                uniqueKeysWithValues: RewardSource.allCases.enumerated().map { ($1.rawValue, value($0)) })
        }
        var deadGroups = bySource { GroupAdvantages(step.rewards[$0]).deadGroups }
        deadGroups["mixed"] = step.advantages.deadGroups
        let norms = step.alignment?.norms ?? []
        let product = norms.reduce(1, *)
        return PolicyMetrics(
            step: step.step, loss: step.loss, kl: step.kl, weights: bySource { step.weights.values[$0] },
            meanReward: bySource { step.rewards[$0].joined().reduce(0, +) / count },
            deviation: bySource { source in
                step.rewards[source].map(populationDeviation).reduce(0, +) / Double(step.samples.count)
            },
            alignment: step.alignment.map { found in bySource { found.alignment[$0] } } ?? [:],
            gradientNorms: step.alignment.map { found in bySource { found.norms[$0] } } ?? [:],
            gradientCosine: product > 0 ? (step.alignment?.products[0][1] ?? 0) / product : 0,
            deadGroups: deadGroups, withoutAnswer: step.answers.joined().count { $0.grounding == nil },
            truncated: completions.count { $0.ending == .truncated }, meanTokens: Double(tokens) / count,
            clippedShare: Double(step.clippedTokens) / Double(max(1, tokens)),
            gradientNorm: step.gradientNorm,
            learningRate: step.learningRate)
    }
}
