import Catalogue
import Evaluation
import LanguageModels
public import Pipeline
import RankingModels

/// Evaluation (§3): the base model, the fine-tuned and the aligned model answer the same users, whom none of
/// them has seen; CTCVR is measured by the judge, which paid no reward.
public enum EvaluationStage {
    /// Does the evaluation, or what is left of it.
    public static func perform(_ run: Run) throws {
        for model in AnsweringModel.allCases { try answer(run, model) }
        try run.make(Steps.answerTables) { output in try output.tables.write(tables(run)) }
    }

    /// A model's answers to the test users.
    public static func answer(_ run: Run, _ answering: AnsweringModel) throws {
        let configuration = run.configuration
        let checkpoint: (any ModelCheckpoint)? =
            switch answering {
            case .base: nil
            case .tuned: try run.output(of: Steps.tuned)
            case .aligned: try run.output(of: Steps.aligned)
            }
        let tables = try run.output(of: Steps.tables)
        try run.make(answering.answers) { output in
            try LanguageModel(configuration, checkpoint: checkpoint?.folder, precision: .stored).answer(
                tables.samples(.test).map { (id: $0.id, message: $0.prompt) },
                maximumTokens: configuration.evaluate.maximumTokens,
                batchSize: configuration.evaluate.batchSize, to: output,
                title: "answers of the \(answering.rawValue)", progress: run.progress)
        }
    }

    private static func tables(_ run: Run) throws -> AnswerTables {
        let scorer = try AnswerScorer(testSamplesOf: run)
        let baselines = try HeuristicBaselines(of: run)
        let models = try AnsweringModel.allCases.map { model in
            try scorer.score(
                run.output(of: model.answers).answers.read().map(\.text), name: model.rawValue)
        }
        let (base, tuned, aligned) = (models[0], models[1], models[2])
        let popular = try scorer.mostPopular(baselines)
        let own = try scorer.ownMostFrequent(baselines)
        let title = try scorer.ownMostFrequentTitle(baselines)
        let configuration = run.configuration
        let bootstrap = Bootstrap(
            resampleCount: configuration.evaluate.replicates,
            seed: configuration.stream(.evaluationBootstrap).state)
        let depths = configuration.evaluate.hitRateDepths
        let pairs = [
            (aligned, tuned), (tuned, base), (aligned, base), (aligned, title), (aligned, popular),
            (aligned, own),
        ]
        return AnswerTables(
            samples: scorer.samples.count,
            rows: try [base, tuned, aligned, title, popular, own].map {
                try $0.row(bootstrap, depths: depths)
            },
            differences: try pairs.map { row, reference in
                try row.difference(to: reference, bootstrap, depth: depths.max() ?? 100)
            })
    }
}

extension ScoredAnswers {
    /// The row's means with their intervals over users.
    func row(_ bootstrap: Bootstrap, depths: [Int]) throws -> AnswerRow {
        AnswerRow(
            name: name, format: format,
            categoryAccuracy: try (0..<3).map { level in
                let hits = categoryHits.compactMap { $0[level] }.map { $0 ? 1.0 : 0 }
                return hits.isEmpty ? nil : Estimate(try bootstrap.mean(of: hits))
            },
            titleHitRate: try depths.map { depth in
                HitRate(depth: depth, rate: Estimate(try bootstrap.mean(of: hits(depth))))
            },
            ctcvr: Estimate(try bootstrap.mean(of: ctcvr)))
    }

    /// The difference to another row on the same users.
    func difference(
        to reference: ScoredAnswers, _ bootstrap: Bootstrap, depth: Int
    ) throws -> AnswerDifference {
        AnswerDifference(
            row: name, reference: reference.name,
            titleHitRate: Estimate(
                try bootstrap.meanDifference(of: hits(depth), minus: reference.hits(depth))),
            ctcvr: Estimate(try bootstrap.meanDifference(of: ctcvr, minus: reference.ctcvr)))
    }
}
