import LanguageModels
public import Pipeline
import RemoteModels
public import TorchNN

/// Stage 2, reasoning activation (§2.2): rejection sampling by perplexity, then fine-tuning.
public enum ReasoningActivationStage {
    /// Does the stage, or what is left of it.
    ///
    /// - Parameter group: processes that fine-tune together; the steps before are the first one's alone.
    public static func perform(_ run: Run, group: ProcessGroup = .alone) throws {
        let configuration = run.configuration
        let tables = try run.output(of: Steps.tables)
        let refinement = try group.makeAlone(Steps.refinement, in: run) { output in
            let settings = configuration.activate
            let scorer = try run.scorer(.perplexity, settings.endpoint) {
                PackedScorer(
                    try LanguageModel(configuration, precision: .stored),
                    maximumTokens: settings.microBatchTokens)
            }
            try CoTRefinement(
                scorer, configuration: settings,
                embed: { texts in
                    let encoder = try SentenceEncoder(named: configuration.embedder)
                    let numbers = try encoder.embed(texts)
                    return texts.indices.map {
                        Array(numbers[$0 * encoder.width..<($0 + 1) * encoder.width])
                    }
                }
            ).write(
                tables.samples(.activate), run.output(of: Steps.teacher).samples.read(),
                items: tables.items(), into: output, progress: run.progress)
        }
        try group.make(Steps.tuned, in: run) { output in
            let model = try LanguageModel(configuration)
            let (samples, refined) = (try tables.samples(.activate), try refinement.refined.read())
            let groups = try groups(samples, refined, tables.items(), model)
            let kept = Set(refined.map(\.sample))
            try FineTuning(
                model, configuration: configuration.activate, seed: configuration.stream(.fineTuning).state,
                group: group
            ).train(
                groups, users: samples.filter { kept.contains($0.id) }.map(\.user), into: output,
                progress: run.progress)
        }
    }

    /// One group per prompt: the prompt, and each kept chain of thought with the true answer, or with the
    /// teacher's prediction where the teacher was not shown the true one.
    static func groups(
        _ samples: [PromptSample], _ refined: [RefinedSample], _ items: [Item], _ model: LanguageModel
    ) throws -> [PackedGroup] {
        let kept = Dictionary(grouping: refined, by: \.sample)
        return try samples.compactMap { sample in
            guard let paths = kept[sample.id] else { return nil }
            let truth = AnswerFormat.render(items[Int(sample.target)])
            return try PackedGroup(
                prompt: model.promptTokens(user: sample.prompt),
                continuations: paths.map { path in
                    model.outputTokens(reasoning: path.reasoning)
                        + model.outputTokens(answer: path.prediction ?? truth) + model.outputEnd()
                })
        }
    }
}
