import LanguageModels
public import Pipeline
import RankingModels

extension AnswerScorer {
    /// What scores answers to a run's test samples: the titles of its catalogue, and its judge.
    ///
    /// - Throws: `RunError.missingStep` naming what is not done yet.
    public init(testSamplesOf run: Run) throws {
        let tables = try run.output(of: Steps.tables)
        try self.init(
            samples: tables.samples(.test), items: tables.items(), catalogue: tables.catalogue(),
            titles: TitleIndex(run.output(of: Steps.titles)),
            encoder: SentenceEncoder(named: run.configuration.embedder),
            ranker: Ranker(run.output(of: Steps.judge).folder, RankingData(tables)))
    }
}

extension HeuristicBaselines {
    /// Those of a run's logs.
    public init(of run: Run) throws {
        let tables = try run.output(of: Steps.tables)
        let data = try RankingData(tables)
        self.init(
            catalogue: try tables.catalogue(), items: data.items,
            impressions: try ImpressionFile(
                tables.impressions, data, periods: TimePeriod.allCases.filter { $0 != .test },
                where: \.isConversion
            ).all(), events: try tables.events(users: data.users, items: data.items))
    }
}
