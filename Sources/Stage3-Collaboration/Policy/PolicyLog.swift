import Foundation
import LanguageModels
import Pipeline

/// Everything that one step of policy optimization came to.
struct PolicyStep {
    let step: Int
    let sources: [RewardSource]
    let batch: RewardedRollouts
    let weights: RewardWeights
    let outcome: PolicyTrainer.Outcome
    let timer: PhaseTimer
}

/// Writes `metrics.jsonl`, `timings.jsonl` and `rollouts.jsonl`.
struct PolicyLog {
    private var metrics: MetricsLog<PolicyMetrics>
    private var timings: MetricsLog<PolicyTimings>
    private var rollouts: MetricsLog<RolloutRecord>

    /// - Parameters:
    ///   - steps: whose lines are kept when a loop resumes.
    ///   - rollouts: lines of `rollouts.jsonl` of these steps.
    init(_ output: AlignedModel, keepingSteps steps: Int, rollouts count: Int) throws {
        metrics = try MetricsLog(output.metrics.url, keeping: steps)
        timings = try MetricsLog(output.timings.url, keeping: steps)
        rollouts = try MetricsLog(output.rollouts.url, keeping: count)
    }

    /// The last step in a few words.
    var line: String {
        guard let last = metrics.last else { return "" }
        return last.weights.keys.sorted { $0.rawValue > $1.rawValue }.map { source in
            String(
                format: "%@ %.3f (w %.2f)", source.rawValue, last.meanReward[source] ?? 0,
                last.weights[source] ?? 0)
        }.joined(separator: ", ")
    }

    mutating func append(_ step: PolicyStep) throws {
        try rollouts.append(contentsOf: records(step))
        try timings.append(timing(step))
        try metrics.append(summary(step))
    }

    private func records(_ step: PolicyStep) -> [RolloutRecord] {
        step.batch.samples.indices.flatMap { n in
            step.batch.answers[n].enumerated().map { index, answer in
                let completion = step.batch.rollouts.completions[n][index]
                return RolloutRecord(
                    step: step.step, sample: step.batch.samples[n].id, index: index,
                    text: step.batch.rollouts.texts[n][index], tokens: completion.ids.count,
                    isTruncated: completion.ending == .truncated, outcome: answer.outcome,
                    grounding: answer.grounding, rewards: answer.rewards,
                    advantage: step.outcome.advantages.values[n][index])
            }
        }
    }

    private func timing(_ step: PolicyStep) -> PolicyTimings {
        let tokens = step.batch.rollouts.groups.reduce(0) { $0 + $1.tokenCount }
        return PolicyTimings(
            step: step.step, seconds: step.timer.seconds,
            tokensPerSecond: Double(tokens) / max(1e-9, step.timer.total))
    }

    private func summary(_ step: PolicyStep) -> PolicyMetrics {
        let (batch, outcome) = (step.batch, step.outcome)
        let completions = Array(batch.rollouts.completions.joined())
        let lengths = completions.map(\.ids.count)
        let count = Double(completions.count)
        let groups = Double(batch.samples.count)
        func bySource<Value>(_ value: (Int) -> Value) -> [RewardSource: Value] {
            Dictionary(uniqueKeysWithValues: step.sources.indices.map { (step.sources[$0], value($0)) })
        }
        var cosines: [String: Double] = [:]
        if let found = outcome.alignment?.cosines {
            for i in found.indices {
                for k in found.indices where i < k {
                    cosines["\(step.sources[i].rawValue) \(step.sources[k].rawValue)"] = found[i][k]
                }
            }
        }
        let tokens = Double(max(1, outcome.tokens))
        return PolicyMetrics(
            step: step.step, loss: outcome.loss, kl: outcome.kl, entropy: outcome.entropy,
            weights: bySource { step.weights.values[$0] },
            meanReward: bySource { batch.rewards[$0].joined().reduce(0, +) / count },
            deviation: bySource { batch.rewards[$0].map(populationDeviation).reduce(0, +) / groups },
            withoutSignal: bySource { Double(GroupAdvantages(batch.rewards[$0]).deadGroups) / groups },
            mixtureWithoutSignal: Double(outcome.advantages.deadGroups) / groups,
            resampledGroups: batch.resampledGroups,
            alignment: outcome.alignment.map { found in bySource { found.alignment[$0] } } ?? [:],
            gradientNorms: outcome.alignment.map { found in bySource { found.norms[$0] } } ?? [:],
            gradientCosines: cosines,
            mixtureNorm: outcome.alignment?.norm(ofMixture: step.weights.values) ?? 0,
            gradientNorm: outcome.gradientNorm,
            outcomes: Dictionary(
                batch.answers.joined().map { ($0.outcome.rawValue, 1) }, uniquingKeysWith: +),
            truncatedShare: Double(completions.count { $0.ending == .truncated }) / count,
            meanTokens: Double(lengths.reduce(0, +)) / count, mostTokens: lengths.max() ?? 0,
            clippedLowShare: Double(outcome.clippedLow) / tokens,
            clippedHighShare: Double(outcome.clippedHigh) / tokens,
            samplingDivergence: outcome.mismatch?.divergence, meanImportance: outcome.mismatch?.meanWeight,
            truncatedImportanceShare: outcome.mismatch?.truncatedShare, learningRate: outcome.learningRate)
    }
}
