import Evaluation
import LanguageModels
import Pipeline
import RankingModels

/// Table 1 during training: how good greedy answers to held-out prompts are, by the truth and by a ranker that pays no
/// reward.
struct PolicyValidation {
    let samples: [PromptSample]
    let items: [Item]
    let catalogue: [CatalogueEntry]
    let encoder: SentenceEncoder
    let embeddings: CatalogueEmbeddings
    let ranker: Ranker

    /// - Parameter answers: completions, one a sample.
    func metrics(_ answers: [String]) throws -> [ValidationConfiguration.Metric: Double] {
        let parsed = answers.map(AnswerParser.parse)
        let texts = Set(parsed.compactMap(\.groundingText)).sorted()
        let vectors = try encoder.embed(texts)
        let embedding = Dictionary(
            uniqueKeysWithValues: texts.enumerated().map { index, text in
                (text, Array(vectors[index * encoder.width..<(index + 1) * encoder.width]))
            })
        let predictions = parsed.map { $0.groundingText.flatMap { embedding[$0] } }
        let rates = try TitleHitRate(
            predictions: predictions, targets: try samples.map(place),
            in: TitleCatalogue(embeddings: embeddings.values, width: embeddings.width), cutoffs: [50, 100]
        ).rates
        let levels = try CategoryAccuracy(
            predictions: parsed.map(\.categories),
            targets: samples.map { items[Int($0.target)].categories }
        ).levels.map { $0.accuracy ?? 0 }
        let ctcvr = try zip(predictions, samples).reduce(0.0) { sum, pair in
            guard let title = pair.0 else { return sum }
            let item = catalogue[embeddings.nearest(to: title).entry].item
            return try sum + ranker.ctcvr(user: pair.1.user, items: [item], at: pair.1.time)[0]
        }
        return [
            .categoryL1: levels[0], .categoryL2: levels[1], .categoryL3: levels[2],
            .titleHitRate50: rates[0], .titleHitRate100: rates[1],
            .ctcvr: ctcvr / Double(samples.count),
            .answered: Double(parsed.count { $0.outcome != .noAnswer }) / Double(parsed.count),
        ]
    }

    /// Catalogue place of a sample's true title.
    private func place(of sample: PromptSample) throws -> Int {
        let title = items[Int(sample.target)].title
        guard let place = catalogue.firstIndex(where: { $0.title == title }) else {
            throw RunError.file(
                path: sample.id, message: "has a target whose title is not in the catalogue")
        }
        return place
    }
}
