public import Foundation
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

    /// Scores every chain of thought, finds R, and writes `scores.jsonl`, `refined.jsonl` and
    /// `refinement.json`.
    ///
    /// - Throws: `RunError.file` when nothing is kept.
    public func write(
        _ samples: [PromptSample], _ teacher: [TeacherSample], items: [Item], into folder: URL,
        progress: RunProgress
    ) throws {
        let candidates = Dictionary(grouping: teacher, by: \.sample)
        var scores = try self.scores(samples, candidates, items, progress)
        guard !scores.isEmpty else {
            throw RunError.file(
                path: folder.path, message: "there is no chain of thought to score; run `taiji construct`")
        }
        let threshold = PerplexityThreshold.value(
            scores.map(\.perplexity), share: configuration.thresholdPercentile)
        for index in scores.indices {
            let isAllowed = !(configuration.excludesLeaks && scores[index].isLeaking)
            scores[index].isKept = scores[index].perplexity < threshold && isAllowed
        }
        let chains = Dictionary(uniqueKeysWithValues: teacher.map { ("\($0.sample)/\($0.index)", $0) })
        let refined = scores.filter(\.isKept).map { score in
            let chain = chains["\(score.sample)/\(score.index)"]
            return RefinedSample(
                sample: score.sample, index: score.index, reasoning: chain?.reasoning ?? "",
                perplexity: score.perplexity, prediction: chain?.prediction)
        }
        guard !refined.isEmpty else {
            throw RunError.file(
                path: folder.path,
                message: "no chain of thought was kept; raise activate.thresholdPercentile or set"
                    + " activate.excludesLeaks to false")
        }
        let most = candidates.values.map(\.count).max() ?? 0
        let summary = RefinementSummary(scores, threshold: threshold, candidatesPerPrompt: most)
        try JSONLines.write(scores, to: folder.appending(path: "scores.jsonl"))
        try JSONLines.write(refined, to: folder.appending(path: "refined.jsonl"))
        try AtomicFile.write(summary, json: folder.appending(path: "refinement.json"))
        let rounded = String(format: "%.2f", threshold)
        progress.end("R = \(rounded), \(refined.count) of \(scores.count) chains of thought kept")
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
                sample: candidate.sample, index: candidate.index, score: score, perplexity: score.perplexity,
                isLeaking: !candidate.leaks.isEmpty, isKept: false)
        }
    }
}
