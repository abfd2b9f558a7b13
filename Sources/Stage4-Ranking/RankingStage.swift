import LanguageModels
public import Pipeline
import RankingModels
import RemoteModels

/// Stage 4, online ranking (§2.4): the aligned model's reasoning for every user, codes and similar users from
/// it, and the enhanced ranker that reads them.
public enum RankingStage {
    /// Does the stage, or what is left of it.
    public static func perform(_ run: Run) throws {
        let configuration = run.configuration
        try run.make(Steps.reasoning) { output in
            if try ReasoningShards(run).join(to: output) { return }
            try run.alignedGenerator().answer(
                userPromptsOf: run, to: output, title: "reasoning for every user")
        }
        try run.make(Steps.features) { output in
            let writer = try UserFeatureWriter(run)
            try writer.write(
                answers: run.output(of: Steps.reasoning),
                of: run.alignedModel,
                to: output, title: "user embeddings",
                writesParquet: true)
        }
        // Samples are made once for both rankers, where both are still to be trained.
        let training = RankingTraining(run)
        try makeJudge(run, training)
        try run.make(Steps.ranker) { output in
            let features = try run.output(of: Steps.features).snapshots()
            try training.train(title: "enhanced ranker", spillingTo: output) { data, start in
                EnhancedFeatures(features, data, configuration.rank, before: start)
            }.write(to: output.folder)
        }
    }

    /// The stage's ranker without features alone: it measures answers, and needs no language model.
    public static func makeJudge(_ run: Run) throws { try makeJudge(run, RankingTraining(run)) }

    private static func makeJudge(_ run: Run, _ training: RankingTraining) throws {
        try run.make(Steps.judge) { output in
            try training.train(title: "judge", spillingTo: output).write(to: output.folder)
        }
    }
}

extension Run {
    /// The aligned model, loaded here.
    func alignedModel() throws -> LanguageModel {
        try LanguageModel(configuration, checkpoint: output(of: Steps.aligned).folder, precision: .stored)
    }

    /// The aligned model, here or on the server of `rank.endpoint`.
    func alignedGenerator() throws -> any TextGenerator {
        try generator(.reasoning, configuration.rank.endpoint) {
            try alignedModel().drawing(with: configuration.rank.generationWeights)
        }
    }
}
