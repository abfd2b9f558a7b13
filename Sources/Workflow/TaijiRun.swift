import Collaboration
import DataConstruction
import LanguageModels
import ModelEvaluation
public import Pipeline
import Ranking
import RankingExperiment
import ReasoningActivation
public import Report

/// The whole run: the four stages, the evaluation, and the experiment on the rankers.
public enum TaijiRun {
    /// Does everything that is not done yet, and writes the summary.
    public static func perform(_ run: Run) throws -> RunSummary {
        for stage in Stage.allCases {
            run.progress.note(stage.title)
            switch stage {
            case .construct: try DataConstructionStage.perform(run)
            case .activate: try ReasoningActivationStage.perform(run)
            case .collaborate: try CollaborationStage.perform(run)
            case .rank: try RankingStage.perform(run)
            case .evaluate: try EvaluationStage.perform(run)
            case .experiment: try RankingExperimentStage.perform(run)
            }
        }
        let summary = try RunSummary(run.directory, run.configuration)
        try summary.write(to: run.directory)
        return summary
    }
}

extension Run {
    /// A run whose files from outside are found by its configuration.
    ///
    /// - Parameter lender: another run, from which finished steps are adopted that are made from the same.
    public convenience init(
        _ directory: RunDirectory, _ configuration: TaijiConfiguration, progress: RunProgress,
        lock: RunLock? = nil, lender: RunDirectory? = nil
    ) {
        self.init(directory, configuration, progress: progress, lock: lock, lender: lender) {
            files, configuration in
            switch files {
            case .logs: try DataConstructionStage.digest(ofLogs: configuration.construct.source)
            case .model: try ModelLocation.fingerprint(of: configuration.model)
            case .embedder: try ModelLocation.fingerprint(of: configuration.embedder)
            }
        }
    }
}
