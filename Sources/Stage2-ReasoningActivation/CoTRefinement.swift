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
        progress.begin("perplexity of the true answer", total: samples.count)
        let candidates = Dictionary(grouping: teacher, by: \.sample)
        var scores: [ReasoningScore] = []
        for (done, sample) in samples.enumerated() {
            scores += try self.scores(of: sample, candidates[sample.id] ?? [], items)
            progress.update(done + 1)
        }
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
        let reasoning = Dictionary(
            uniqueKeysWithValues: teacher.map { ("\($0.sample)/\($0.index)", $0.reasoning) })
        let refined = scores.filter(\.isKept).map { score in
            RefinedSample(
                sample: score.sample, index: score.index,
                reasoning: reasoning["\(score.sample)/\(score.index)"] ?? "", perplexity: score.perplexity)
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

    private func scores(
        of sample: PromptSample, _ candidates: [TeacherSample], _ items: [Item]
    ) throws -> [ReasoningScore] {
        let written = candidates.filter { !$0.reasoning.isEmpty }
        guard !written.isEmpty else { return [] }
        let answer = model.outputTokens(answer: items[Int(sample.target)])
        let values = try perplexity(
            ofAnswer: answer, given: model.promptTokens(user: sample.prompt),
            reasoning: written.map { model.outputTokens(reasoning: $0.reasoning) }, under: model.decoder)
        return zip(written, values).map { candidate, score in
            ReasoningScore(
                sample: sample.id, index: candidate.index, score: score, perplexity: score.perplexity,
                isLeaking: !candidate.leaks.isEmpty, isKept: false)
        }
    }
}
