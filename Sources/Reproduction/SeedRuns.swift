import Catalogue
import Collaboration
import DataConstruction
import Foundation
import ModelEvaluation
import Pipeline
import Ranking
import RankingExperiment
import ReasoningActivation
import Workflow

/// All runs of one seed: the main one, as far as it is asked for, and one per arm that adopts every step it
/// would make from the same.
final class SeedRuns {
    let seed: Int
    private let main: TaijiConfiguration
    private let folder: URL
    private let progress: RunProgress
    private var opened: Run?

    /// - Parameter folder: gets `main` and a folder per arm.
    init(_ configuration: TaijiConfiguration, seed: Int, folder: URL, progress: RunProgress) {
        self.seed = seed
        self.folder = folder
        self.progress = progress
        var main = configuration
        main.seed = seed
        self.main = main
    }

    /// The main run as far as every table needs it: the logs' tables, the fine-tuned model, and the judge,
    /// which measures. What else a table reads is made when it asks for it.
    func mainRun() throws -> Run {
        if let opened { return opened }
        let directory = try RunDirectory(folder.appending(path: "main"))
        let run = Run(
            directory, main, progress: progress, lock: try RunLock(directory, waits: false))
        try DataConstructionStage.perform(run)
        try ReasoningActivationStage.perform(run)
        try RankingStage.makeJudge(run)
        opened = run
        return run
    }

    /// An arm's answers to the test users, scored; done once and kept.
    func scored(_ arm: ReproductionArm) throws -> ScoredAnswers {
        let shared = try mainRun()
        let run = try run(arm, shared)
        let output = try run.make(arm.answers.scores, borrowing: scoringFiles(of: shared)) { output in
            let scorer = try AnswerScorer(testSamplesOf: shared)
            let answers = try run.output(of: arm.answers.answers).answers.read()
            // An arm with prompts of its own must have asked the same users.
            guard answers.map(\.id) == scorer.samples.map(\.id) else {
                throw RunError.file(
                    path: run.directory.url.path,
                    message: "answers for other users than seed \(seed)'s main run; remove it")
            }
            try output.scores.write([scorer.score(answers.map(\.text), name: arm.name)])
        }
        guard let scored = try output.scores.read().first else {
            throw RunError.file(path: output.scores.url.path, message: "is empty; remove its folder")
        }
        return scored
    }

    /// Digests of what scores an arm's answers.
    private func scoringFiles(of shared: Run) throws -> [String: String] {
        [
            "main run's judge": try shared.directory.fingerprint(Steps.judge.declaration),
            "main run's tables": try shared.directory.fingerprint(Steps.tables.declaration),
        ]
    }

    /// Heuristic baselines: popularity, the user's own most frequent, item-kNN and a sequence model.
    func heuristicRows() throws -> [ScoredAnswers] {
        let run = try mainRun()
        return try run.make(Steps.heuristicScores) { output in
            let scorer = try AnswerScorer(testSamplesOf: run)
            let baselines = try HeuristicBaselines(of: run)
            try output.scores.write([
                scorer.mostPopular(baselines), scorer.ownMostFrequentTitle(baselines),
                scorer.ownMostFrequent(baselines),
                scorer.itemNeighbors(baselines),
                scorer.sequenceModel(
                    baselines, seed: main.stream(.sequenceModel).state, progress: progress),
            ])
        }.scores.read()
    }

    /// The arm's run, trained and with its answers. What it would make from the same as the main run is
    /// adopted from there.
    private func run(_ arm: ReproductionArm, _ shared: Run) throws -> Run {
        progress.note("seed \(seed): \(arm.name)")
        // The main run's own alignment comes first: its reward ranker and its simulation serve all arms.
        if arm.answers == .aligned { try CollaborationStage.perform(shared) }
        guard let name = arm.folder(main) else {
            try EvaluationStage.answer(shared, arm.answers)
            return shared
        }
        let directory = try RunDirectory(folder.appending(path: name))
        let run = Run(
            directory, arm.configuration(main), progress: progress,
            lock: try RunLock(directory, waits: false), lender: shared.directory)
        try DataConstructionStage.perform(run)
        try ReasoningActivationStage.perform(run)
        if arm.answers == .aligned { try CollaborationStage.perform(run) }
        try EvaluationStage.answer(run, arm.answers)
        return run
    }

    /// The rankers that read an arm's output, done once and kept.
    func ranked(_ arm: ReproductionArm) throws -> RankedUsers {
        let shared = try mainRun()
        // The main run's own rankers and summary belong to the experiment, whichever arm a table is about.
        _ = try TaijiRun.perform(shared)
        let run = try run(arm, shared)
        if run.directory.url != shared.directory.url {
            try RankingStage.perform(run)
            try RankingExperimentStage.perform(run)
        }
        let output = try run.output(of: Steps.comparison)
        return RankedUsers(
            auctions: try output.auctions.read(), comparison: try output.comparison.read(),
            impressions: try run.output(of: Steps.tables).summary.read().impressions)
    }
}

/// How the rankers of one run compare.
struct RankedUsers {
    /// What every ranker's choice of ads earned, a record per ranker and user.
    let auctions: [AuctionUser]
    /// The comparison of rankers.
    let comparison: RankerComparison
    /// What the impressions are that both rest on.
    let impressions: ImpressionOrigin
}
