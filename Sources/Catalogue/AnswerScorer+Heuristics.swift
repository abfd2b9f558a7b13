public import Pipeline
import RankingModels

/// Rows of Table 1 that cost no language model.
extension AnswerScorer {
    /// The most popular promoted titles and categories.
    public func mostPopular(_ baselines: HeuristicBaselines) throws -> ScoredAnswers {
        let ranking = baselines.popularRanking()
        let categories = baselines.popularCategories()
        return try score(heuristic: HeuristicBaselines.mostPopular) { _ in (ranking, categories) }
    }

    /// The user's own most frequent titles and categories.
    public func ownMostFrequent(_ baselines: HeuristicBaselines) throws -> ScoredAnswers {
        try score(heuristic: HeuristicBaselines.ownMostFrequent) { sample in
            (
                baselines.ownRanking(user: sample.user, before: sample.time),
                baselines.ownCategories(user: sample.user, before: sample.time)
            )
        }
    }

    /// The user's own most frequent title as one answer, whose nearest titles follow it as they follow a
    /// model's: like for like with answers, which name one title.
    public func ownMostFrequentTitle(_ baselines: HeuristicBaselines) throws -> ScoredAnswers {
        try score(heuristic: HeuristicBaselines.ownMostFrequentTitle) { sample in
            let own = baselines.ownRanking(user: sample.user, before: sample.time)
            guard let first = own.first else { return ([], []) }
            return titled(titles.byCosine(to: titles.vector(first)))
        }
    }

    /// Item-based nearest neighbours over what the users bought before the first test visit.
    public func itemNeighbors(_ baselines: HeuristicBaselines) throws -> ScoredAnswers {
        let histories = baselines.histories(before: firstVisit).values.map { $0 }
        let neighbors = ItemNeighbors(histories, count: catalogue.count)
        return try score(heuristic: HeuristicBaselines.itemNeighbors) { sample in
            titled(
                baselines.ranking(
                    scores: neighbors.scores(baselines.history(sample.user, before: sample.time))))
        }
    }

    /// A causal transformer over the users' purchases before the first test visit (SASRec).
    public func sequenceModel(
        _ baselines: HeuristicBaselines, seed: UInt64, progress: RunProgress
    ) throws -> ScoredAnswers {
        let name = HeuristicBaselines.sequenceModel
        let histories = baselines.histories(before: firstVisit).sorted { $0.key < $1.key }
        let model = try SequenceRecommender.train(
            histories.map { $0.value.map(Int32.init) }, itemCount: catalogue.count, seed: seed,
            title: name, progress: progress)
        return try score(heuristic: name) { sample in
            let history = baselines.history(sample.user, before: sample.time).map(Int32.init)
            guard !history.isEmpty else { return titled(baselines.popularRanking()) }
            return titled(baselines.ranking(scores: try model.scores(after: history).map(Double.init)))
        }
    }

    /// Nothing at or after it is learnt from.
    private var firstVisit: Int64 { samples.map(\.time).min() ?? 0 }

    /// A ranking with the categories of its first title.
    private func titled(_ ranking: [Int]) -> (ranking: [Int], categories: [String?]) {
        let categories = ranking.first.map { items[Int(catalogue[$0].item)].categories } ?? []
        return (ranking, (0..<3).map { $0 < categories.count ? categories[$0] : nil })
    }
}
