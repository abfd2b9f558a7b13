import Foundation
import Pipeline

extension RefinementSummary {
    /// Counts and means over all scored chains of thought.
    init(_ scores: [ReasoningScore], threshold: Double, minimumGain: Double, candidatesPerPrompt: Int) {
        let perPrompt = Dictionary(grouping: scores, by: \.sample).values.map { $0.count(where: \.isKept) }
        func mean(_ values: [Double]) -> Double {
            values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
        }
        let leaking = scores.filter { !$0.leaks.isEmpty }
        let pairs = leaking.compactMap { score in
            score.perplexityWithoutLeaks.map { (with: score.perplexity, without: $0) }
        }
        let gains = scores.compactMap(\.gain)
        self.init(
            threshold: threshold, candidates: scores.count, kept: scores.count(where: \.isKept),
            leaks: leaking.count,
            leaksByKind: Dictionary(grouping: leaking.flatMap(\.leaks), by: \.self).mapValues(\.count),
            leakPerplexities: pairs.isEmpty
                ? nil
                : LeakPerplexities(
                    with: mean(pairs.map(\.with)), without: mean(pairs.map(\.without))),
            restatements: gains.isEmpty ? nil : gains.count { $0 < minimumGain },
            promptsByKept: (0...candidatesPerPrompt).map { count in perPrompt.count { $0 == count } },
            meanPerplexityKept: mean(scores.filter(\.isKept).map(\.perplexity)),
            meanPerplexityDropped: mean(scores.filter { !$0.isKept }.map(\.perplexity)))
    }

    /// For the line at the end of the step.
    var sentence: String {
        var parts = [
            "R = \(String(format: "%.2f", threshold)), \(kept) of \(candidates) chains of thought kept"
        ]
        if leaks > 0 {
            let kinds = leaksByKind.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            parts.append("\(leaks) leak (\(kinds.joined(separator: ", ")))")
        }
        if let restatements { parts.append("\(restatements) restate the answer") }
        return parts.joined(separator: "; ")
    }
}
