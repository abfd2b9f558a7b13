import Collaboration
import DataConstruction
import Foundation
import OnlineRanking
public import Pipeline
import ReasoningActivation

/// The whole run: the four stages, then the evaluation.
public enum TaijiRun {
    /// Does everything that is not done yet, and writes the summary.
    public static func perform(
        in run: RunDirectory, _ configuration: TaijiConfiguration, progress: RunProgress
    ) throws -> RunSummary {
        progress.note("1 construct: users, prompts and the teacher's reasoning (§2.1)")
        try DataConstructionStage.perform(in: run, configuration, progress: progress)
        progress.note("2 activate: rejection sampling and fine-tuning (§2.2)")
        try ReasoningActivationStage.perform(in: run, configuration, progress: progress)
        progress.note("3 collaborate: simulation and policy optimization (§2.3)")
        try CollaborationStage.perform(in: run, configuration, progress: progress)
        progress.note("4 rank: codes, similar users and rankers (§2.4)")
        try OnlineRankingStage.perform(in: run, configuration, progress: progress)
        progress.note("evaluate: the models side by side (§3)")
        try EvaluationStage.perform(in: run, configuration, progress: progress)
        let summary = try RunSummary(run, configuration)
        try summary.write(to: run)
        return summary
    }
}
