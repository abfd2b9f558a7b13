import Foundation
import LanguageModels
public import Pipeline
public import TorchNN

/// Stage 2, reasoning activation (§2.2): rejection sampling by perplexity, then fine-tuning.
///
/// Reads `1-construct`; writes `2-activate/refinement` and `2-activate/checkpoint`.
public enum ReasoningActivationStage {
    /// Refined samples.
    public static let refinementStep = "2-activate/refinement"
    /// The fine-tuned model.
    public static let checkpointStep = "2-activate/checkpoint"

    /// Does the stage, or what is left of it.
    ///
    /// - Parameter group: processes that fine-tune together; the steps before are the first one's alone.
    public static func perform(
        in run: RunDirectory, _ configuration: TaijiConfiguration, group: ProcessGroup = .alone,
        progress: RunProgress
    ) throws {
        let tables = run.folder(ConstructedFiles.tablesStep)
        let activate = try Fingerprint.of(configuration.activate)
        let modelDigest = try ModelLocation.fingerprint(configuration)
        let inputs = [
            "configuration 'activate'": activate, "model": modelDigest, "threads": "\(configuration.threads)",
            "tables": try run.fingerprint(ConstructedFiles.tablesStep),
            "teacher": try run.fingerprint(ConstructedFiles.teacherStep),
        ]
        let items = { try JSONLines.read(Item.self, from: tables.appending(path: ConstructedFiles.items)) }
        let samples = {
            try JSONLines.read(PromptSample.self, from: tables.appending(path: ConstructedFiles.samples))
                .filter { $0.role == .activate }
        }
        try group.performAlone(refinementStep, in: run, inputs: inputs) { folder in
            let teacher = run.folder(ConstructedFiles.teacherStep).appending(path: ConstructedFiles.teacher)
            try CoTRefinement(
                LanguageModel(configuration, precision: .stored), configuration: configuration.activate
            )
            .write(
                samples(), JSONLines.read(TeacherSample.self, from: teacher), items: items(),
                into: folder,
                progress: progress)
        }
        var trainingInputs = inputs
        trainingInputs["refinement"] = try run.fingerprint(refinementStep)
        trainingInputs["seed"] = "\(configuration.seed)"
        try group.perform(checkpointStep, in: run, inputs: trainingInputs) { folder in
            let model = try LanguageModel(configuration)
            let refined = try JSONLines.read(
                RefinedSample.self, from: run.folder(refinementStep).appending(path: "refined.jsonl"))
            let groups = try groups(samples(), refined, items(), model)
            let seed = SeededGenerator(seed: UInt64(configuration.seed), path: 2).state
            try FineTuning(model, configuration: configuration.activate, seed: seed, group: group)
                .train(groups, into: folder, progress: progress)
        }
    }

    /// One group a prompt: the prompt, and each kept chain of thought with the true answer, or with the teacher's prediction where
    /// the teacher was not shown the true one.
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
