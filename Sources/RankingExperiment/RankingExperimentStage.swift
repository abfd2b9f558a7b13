import LanguageModels
public import Pipeline
import Ranking

/// The experiment on stage 4's rankers (§3): what each feature group is worth beside placebos, and the A/B
/// simulation of Table 2.
public enum RankingExperimentStage {
    /// Does the experiment, or what is left of it.
    public static func perform(_ run: Run) throws {
        let configuration = run.configuration
        try run.make(Steps.baseReasoning) { output in
            try LanguageModel(configuration, precision: .stored).drawing(
                with: configuration.rank.generationWeights
            ).answer(
                userPromptsOf: run, to: output, title: "the base model's output (placebo)")
        }
        try run.make(Steps.placeboFeatures) { output in
            try PlaceboFeatures(run).write(to: output)
        }
        try run.make(Steps.comparison) { output in try RankerExperiment(run).write(to: output) }
    }
}
