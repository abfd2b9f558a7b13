import Catalogue
import Evaluation
import LanguageModels
public import Pipeline
import RankingModels
import RemoteModels

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
            let model = try run.generator(.answers, configuration.evaluate.endpoint(of: answering)) {
                try LanguageModel(configuration, checkpoint: checkpoint?.folder, precision: .stored)
                    .drawing(with: configuration.evaluate.generationWeights)
            }
            try model.answer(
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
                try row.difference(to: reference, bootstrap, depths: depths)
            },
            differencesOfAnswered: try pairs.compactMap { row, reference in
                let both = Set(row.answered).intersection(reference.answered).sorted()
                guard !both.isEmpty, both.count < scorer.samples.count else { return nil }
                return try row.of(both).difference(to: reference.of(both), bootstrap, depths: depths)
            })
    }
}

extension EvaluateConfiguration {
    /// Where a model answers; without a name where the local engine does.
    fileprivate func endpoint(of model: AnsweringModel) -> EndpointConfiguration {
        let name =
            switch model {
            case .base: baseModel
            case .tuned: tunedModel
            case .aligned: endpoint.model
            }
        guard !name.isEmpty else { return EndpointConfiguration() }
        var own = endpoint
        own.model = name
        return own
    }
}

extension ScoredAnswers {
    /// The row's means with their intervals over users.
    func row(_ bootstrap: Bootstrap, depths: [Int]) throws -> AnswerRow {
        func mean(_ values: [Double]) throws -> Estimate { Estimate(try bootstrap.mean(of: values)) }
        return AnswerRow(
            name: name, format: format,
            categoryAccuracy: try (0..<3).map { level in
                let hits = categoryAccuracy(level)
                return hits.isEmpty ? nil : try mean(hits)
            },
            titleHitRate: try depths.map { HitRate(depth: $0, rate: try mean(hits($0))) },
            similarity: try mean(similarity), ctcvr: try mean(ctcvr), titles: titles.map(TitleVariety.init))
    }

    /// The difference to another row on the same users.
    func difference(
        to reference: ScoredAnswers, _ bootstrap: Bootstrap, depths: [Int]
    ) throws -> AnswerDifference {
        func difference(_ own: [Double], _ other: [Double]) throws -> Estimate {
            Estimate(try bootstrap.meanDifference(of: own, minus: other))
        }
        return AnswerDifference(
            row: name, reference: reference.name, users: titleRanks.count,
            categoryAccuracy: try (0..<3).map { level in
                let hits = categoryAccuracy(level)
                return hits.isEmpty ? nil : try difference(hits, reference.categoryAccuracy(level))
            },
            titleHitRate: try depths.map {
                HitRate(depth: $0, rate: try difference(hits($0), reference.hits($0)))
            },
            similarity: try difference(similarity, reference.similarity),
            ctcvr: try difference(ctcvr, reference.ctcvr))
    }

    /// 1 for every user whose answered category is the target's, 0 for the others whose target has one.
    private func categoryAccuracy(_ level: Int) -> [Double] {
        categoryHits.compactMap { $0[level] }.map { $0 ? 1 : 0 }
    }
}
