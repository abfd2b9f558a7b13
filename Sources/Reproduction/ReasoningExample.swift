import Pipeline

/// A user's chains of thought that lie furthest apart in the perplexity of the true answer, Eq. (1).
struct ReasoningExample {
    /// A scored chain of thought.
    struct Chain {
        let reasoning: String
        let perplexity: Double
        let isKept: Bool
    }

    let user: String
    let truth: String
    let likeliest: Chain
    let leastLikely: Chain

    /// The users with the widest ratio of perplexities, widest first.
    static func widest(_ run: RunDirectory, count: Int) throws -> [ReasoningExample] {
        let tables = try run.output(of: Steps.tables)
        let (users, items) = (try tables.users(), try tables.items())
        let scores = try run.output(of: Steps.refinement).scores.read()
        let texts = try run.output(of: Steps.teacher).samples.read()
        let reasoning = Dictionary(
            texts.map { ("\($0.sample)/\($0.index)", $0.reasoning) }, uniquingKeysWith: { first, _ in first })
        let samples = Dictionary(
            try tables.samples(.activate).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let examples = Dictionary(grouping: scores, by: \.sample).compactMap { id, own -> ReasoningExample? in
            let sorted = own.sorted { ($0.perplexity, $0.index) < ($1.perplexity, $1.index) }
            guard let sample = samples[id], sorted.count > 1, let first = sorted.first, let last = sorted.last
            else { return nil }
            func chain(_ score: ReasoningScore) -> Chain {
                Chain(
                    reasoning: reasoning["\(id)/\(score.index)"] ?? "", perplexity: score.perplexity,
                    isKept: score.isKept)
            }
            return ReasoningExample(
                user: users[Int(sample.user)].id, truth: AnswerFormat.render(items[Int(sample.target)]),
                likeliest: chain(first), leastLikely: chain(last))
        }
        return Array(examples.sorted { ($1.ratio, $0.user) < ($0.ratio, $1.user) }.prefix(count))
    }

    private var ratio: Double { leastLikely.perplexity / likeliest.perplexity }
}
