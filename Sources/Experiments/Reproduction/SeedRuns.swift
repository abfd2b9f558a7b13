import Collaboration
import DataConstruction
import Evaluation
import Foundation
import OnlineRanking
import Pipeline
import RankingModels
import ReasoningActivation

/// All runs of one seed: the main one with all four stages, and one an arm that shares what it can.
final class SeedRuns {
    let seed: Int
    private let main: TaijiConfiguration
    private let folder: URL
    private let progress: RunProgress
    private var finished: RunDirectory?

    /// - Parameter folder: gets `main` and a folder an arm.
    init(_ configuration: TaijiConfiguration, seed: Int, folder: URL, progress: RunProgress) {
        self.seed = seed
        self.folder = folder
        self.progress = progress
        var main = configuration
        main.seed = seed
        self.main = main
    }

    /// The main run, with everything of it done.
    func mainRun() throws -> RunDirectory {
        if let finished { return finished }
        let run = try RunDirectory(folder.appending(path: "main"))
        _ = try TaijiRun.perform(in: run, main, progress: progress)
        finished = run
        return run
    }

    /// An arm's answers to the test users, scored; done once and kept.
    func scored(_ arm: ReproductionArm) throws -> ScoredAnswers {
        let shared = try mainRun()
        let run = try run(arm, shared)
        let inputs = try [
            "answers": run.fingerprint("evaluate/\(arm.answers)"),
            "rankers": shared.fingerprint(RankingFiles.rankersStep),
        ]
        let step = "evaluate/scores-\(arm.answers.dropFirst("answers-".count))"
        try run.perform(step, inputs: inputs) { folder in
            let scoring = try AnswerScoring(shared, main)
            let answers = try EvaluationStage.answers(arm.answers, of: run)
            // An arm with prompts of its own must have asked the same users.
            guard answers.map(\.id) == scoring.samples.map(\.id) else {
                throw RunError.file(
                    path: run.url.path,
                    message: "answers for other users than seed \(seed)'s main run; remove it")
            }
            let scored = try scoring.score(answers, name: arm.name)
            try AtomicFile.write(scored, json: folder.appending(path: "scores.json"))
        }
        return try AtomicFile.read(
            ScoredAnswers.self, json: run.folder(step).appending(path: "scores.json"))
    }

    /// What costs no language model: popularity, the household's own most frequent, item-kNN and a sequence model.
    func freeRows() throws -> [ScoredAnswers] {
        let run = try mainRun()
        let inputs = try [
            "tables": run.fingerprint(ConstructedFiles.tablesStep),
            "rankers": run.fingerprint(RankingFiles.rankersStep), "seed": "\(seed)",
        ]
        let step = "evaluate/scores-free"
        try run.perform(step, inputs: inputs) { folder in
            let scoring = try AnswerScoring(run, main)
            let rows = [
                try scoring.mostPopular(), try scoring.ownMostFrequent(), try scoring.itemNeighbors(),
                try scoring.sequenceModel(
                    seed: SeededGenerator(seed: UInt64(seed), path: 5, 1).state, progress: progress),
            ]
            try AtomicFile.write(rows, json: folder.appending(path: "scores.json"))
        }
        return try AtomicFile.read(
            [ScoredAnswers].self, json: run.folder(step).appending(path: "scores.json"))
    }

    /// The arm's run, trained and with its answers.
    private func run(_ arm: ReproductionArm, _ shared: RunDirectory) throws -> RunDirectory {
        guard let name = arm.folder else { return shared }
        progress.note("seed \(seed): \(arm.name)")
        let run = try RunDirectory(folder.appending(path: name))
        let configuration = arm.configuration(main)
        if case .changed(let variation) = arm, variation.changesPrompts {
            try DataConstructionStage.perform(in: run, configuration, progress: progress)
            try ReasoningActivationStage.perform(in: run, configuration, progress: progress)
            try CollaborationStage.perform(in: run, configuration, progress: progress)
            try EvaluationStage.answer(
                arm.name, arm.answers, checkpoint: SimulationFiles.checkpointStep, in: run, configuration,
                progress)
            return run
        }
        try run.adopt(ConstructedFiles.tablesStep, from: shared)
        if arm == .withoutRUPR {
            try DataConstructionStage.perform(in: run, configuration, progress: progress)
            try ReasoningActivationStage.perform(in: run, configuration, progress: progress)
            try EvaluationStage.answer(
                arm.name, arm.answers, checkpoint: ReasoningActivationStage.checkpointStep, in: run,
                configuration, progress)
        } else {
            for step in [
                ConstructedFiles.teacherStep, ReasoningActivationStage.refinementStep,
                ReasoningActivationStage.checkpointStep, SimulationFiles.baselineStep,
                SimulationFiles.simulationStep,
            ] { try run.adopt(step, from: shared) }
            try CollaborationStage.perform(in: run, configuration, progress: progress)
            try EvaluationStage.answer(
                arm.name, arm.answers, checkpoint: SimulationFiles.checkpointStep, in: run, configuration,
                progress)
        }
        return run
    }

    /// The rankers that read an arm's output, done once and kept.
    func ranked(_ arm: ReproductionArm) throws -> RankedUsers {
        let shared = try mainRun()
        let run = try run(arm, shared)
        if run.url != shared.url {
            if case .changed(let variation) = arm, !variation.changesPrompts {
                try run.adopt(RankingFiles.baseReasoningStep, from: shared)
            }
            try OnlineRankingStage.perform(in: run, arm.configuration(main), progress: progress)
        }
        let folder = run.folder(RankingFiles.rankersStep)
        return RankedUsers(
            auctions: try JSONLines.read(
                AuctionUser.self, from: folder.appending(path: RankingFiles.auctions)),
            comparison: try AtomicFile.read(
                RankerComparison.self, json: folder.appending(path: RankingFiles.comparison)))
    }
}

/// What the rankers of stage 4 came to.
struct RankedUsers {
    /// What every ranker's choice of ads came to, a record a user.
    let auctions: [AuctionUser]
    /// The comparison of rankers.
    let comparison: RankerComparison
}
