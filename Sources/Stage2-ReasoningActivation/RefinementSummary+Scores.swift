import Pipeline

extension RefinementSummary {
    /// Counts and means over all scored chains of thought.
    init(_ scores: [ReasoningScore], threshold: Double, candidatesPerPrompt: Int) {
        let perPrompt = Dictionary(grouping: scores, by: \.sample).values.map { $0.count(where: \.isKept) }
        func mean(_ values: [Double]) -> Double {
            values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
        }
        self.init(
            threshold: threshold, candidates: scores.count, kept: scores.count(where: \.isKept),
            leaks: scores.count(where: \.isLeaking),
            promptsByKept: (0...candidatesPerPrompt).map { count in perPrompt.count { $0 == count } },
            meanPerplexityKept: mean(scores.filter(\.isKept).map(\.perplexity)),
            meanPerplexityDropped: mean(scores.filter { !$0.isKept }.map(\.perplexity)))
    }
}
