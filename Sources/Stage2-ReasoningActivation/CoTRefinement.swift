import Foundation
public import LanguageModels
public import Pipeline

/// CoT refinement by open-ended rejection sampling, §2.2.1: keeps the chains of thought under which the true
/// answer is likely.
public struct CoTRefinement {
    private let model: LanguageModel
    private let configuration: ActivateConfiguration

    /// - Parameter model: the model whose perplexity is the measure.
    public init(_ model: LanguageModel, configuration: ActivateConfiguration) {
        self.model = model
        self.configuration = configuration
    }

    /// Scores every chain of thought, finds R and writes what is kept.
    ///
    /// - Throws: `CoTRefinementError` when there is nothing to score, or nothing is kept.
    public func write(
        _ samples: [PromptSample], _ teacher: [TeacherSample], items: [Item], into output: Refinement,
        progress: RunProgress
    ) throws {
        let candidates = Dictionary(grouping: teacher, by: \.sample)
        var scores = try self.scores(samples, candidates, items, progress)
        guard !scores.isEmpty else { throw CoTRefinementError.nothingToScore }
        let threshold = PerplexityThreshold.value(
            scores.map(\.perplexity), share: configuration.thresholdPercentile)
        for index in scores.indices {
            let isAllowed = !(configuration.excludesLeaks && scores[index].isLeaking)
            scores[index].isKept = scores[index].perplexity < threshold && isAllowed
        }
        let refined = kept(scores, teacher)
        guard !refined.isEmpty else { throw CoTRefinementError.nothingKept(scored: scores.count) }
        let maximum = candidates.values.map(\.count).max() ?? 0
        try output.scores.write(scores)
        try output.refined.write(refined)
        try output.summary.write(
            RefinementSummary(scores, threshold: threshold, candidatesPerPrompt: maximum))
        let rounded = String(format: "%.2f", threshold)
        progress.end("R = \(rounded), \(refined.count) of \(scores.count) chains of thought kept")
    }

    private func kept(_ scores: [ReasoningScore], _ teacher: [TeacherSample]) -> [RefinedSample] {
        let chains = Dictionary(uniqueKeysWithValues: teacher.map { ("\($0.sample)/\($0.index)", $0) })
        return scores.filter(\.isKept).map { score in
            let chain = chains["\(score.sample)/\(score.index)"]
            return RefinedSample(
                sample: score.sample, index: score.index, reasoning: chain?.reasoning ?? "",
                perplexity: score.perplexity, prediction: chain?.prediction)
        }
    }

    /// Eq. (1) of every chain of thought that says something, many prompts in one computation.
    private func scores(
        _ samples: [PromptSample], _ candidates: [String: [TeacherSample]], _ items: [Item],
        _ progress: RunProgress
    ) throws -> [ReasoningScore] {
        let written = samples.map { (candidates[$0.id] ?? []).filter { !$0.reasoning.isEmpty } }
        let groups = try zip(samples, written).filter { !$1.isEmpty }.map { sample, chains in
            let answer = model.outputTokens(answer: AnswerFormat.render(items[Int(sample.target)]))
            return try PackedGroup(
                prompt: model.promptTokens(user: sample.prompt),
                continuations: chains.map { model.outputTokens(reasoning: $0.reasoning) + answer },
                scoredTokens: answer.count)
        }
        progress.begin("perplexity of the true answer", total: groups.count)
        var scores: [AnswerScore] = []
        var done = 0
        for batch in groups.packed(maximumTokens: configuration.microBatchTokens) {
            scores += try answerScores(batch, under: model.decoder).joined()
            done += batch.groups.count
            progress.update(done)
        }
        return zip(written.joined(), scores).map { candidate, score in
            ReasoningScore(
                sample: candidate.sample, index: candidate.index, tokenCount: score.tokenCount,
                logLikelihood: score.logLikelihood, perplexity: score.perplexity,
                isLeaking: !candidate.leaks.isEmpty, isKept: false)
        }
    }
}

/// Why rejection sampling left nothing to fine-tune on.
public enum CoTRefinementError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The teacher wrote no reasoning at all.
    case nothingToScore
    /// No chain of thought was below R.
    case nothingKept(scored: Int)

    /// What happened and what to do.
    public var description: String {
        switch self {
        case .nothingToScore:
            "the teacher wrote no chain of thought that could be scored; raise "
                + "construct.teacher.maximumTokens, "
                + "or take another model"
        case .nothingKept(let scored):
            "none of \(scored) chains of thought was kept; raise activate.thresholdPercentile or set "
                + "activate.excludesLeaks to false"
        }
    }
}
