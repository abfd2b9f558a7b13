import Evaluation
import Foundation
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

    /// What stage 2 wrote of a chain of thought.
    private struct Score: Decodable {
        var sample: String
        var index: Int
        var perplexity: Double
        var isKept: Bool
    }

    /// The users with the widest ratio of perplexities, widest first.
    static func widest(_ run: RunDirectory, count: Int) throws -> [ReasoningExample] {
        let tables = try ConstructedTables(run)
        let (users, items) = (try tables.users(), try tables.items())
        let scores = try JSONLines.read(
            Score.self, from: run.folder("2-activate/refinement").appending(path: "scores.jsonl"))
        let texts = try JSONLines.read(
            TeacherSample.self,
            from: run.folder(ConstructedFiles.teacherStep).appending(path: ConstructedFiles.teacher))
        let reasoning = Dictionary(
            texts.map { ("\($0.sample)/\($0.index)", $0.reasoning) }, uniquingKeysWith: { first, _ in first })
        let samples = Dictionary(
            try tables.samples(.activate).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let examples = Dictionary(grouping: scores, by: \.sample).compactMap { id, own -> ReasoningExample? in
            let sorted = own.sorted { ($0.perplexity, $0.index) < ($1.perplexity, $1.index) }
            guard let sample = samples[id], sorted.count > 1, let first = sorted.first, let last = sorted.last
            else { return nil }
            func chain(_ score: Score) -> Chain {
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
