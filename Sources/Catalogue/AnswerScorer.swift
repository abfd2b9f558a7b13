import Evaluation
public import LanguageModels
public import Pipeline
public import RankingModels

/// Scores answers to prompt samples by the truth and by a ranker that paid no reward: Tables 1 and 3.
public struct AnswerScorer {
    /// The samples that were answered.
    public let samples: [PromptSample]
    /// Titles that answers are grounded to.
    public let catalogue: [CatalogueEntry]
    let items: [Item]
    let titles: TitleIndex
    let ranker: Ranker
    private let encoder: SentenceEncoder
    /// Catalogue place of each sample's true title.
    private let targets: [Int]

    /// - Parameters:
    ///   - titles: the catalogue's titles as vectors, by the same encoder.
    ///   - ranker: measures CTCVR; it paid no reward.
    /// - Throws: `RunError.record` for a sample whose true title is not in the catalogue.
    public init(
        samples: [PromptSample], items: [Item], catalogue: [CatalogueEntry], titles: TitleIndex,
        encoder: SentenceEncoder, ranker: Ranker
    ) throws {
        self.samples = samples
        self.items = items
        self.catalogue = catalogue
        self.titles = titles
        self.encoder = encoder
        self.ranker = ranker
        let places = Dictionary(
            catalogue.enumerated().map { ($1.title, $0) }, uniquingKeysWith: { first, _ in first })
        targets = try samples.map { sample in
            guard let place = places[items[Int(sample.target)].title] else {
                throw RunError.record(
                    id: sample.id,
                    message: "has a target whose title is not in the catalogue; make the tables again")
            }
            return place
        }
    }

    /// Scores of a model's completions.
    ///
    /// - Parameter completions: one per sample, in the order of the samples.
    public func score(_ completions: [String], name: String) throws -> ScoredAnswers {
        let parsed = completions.map(AnswerParser.parse)
        let vectors = try TextVectors(parsed.compactMap(\.groundingText), by: encoder)
        let predictions = parsed.map { $0.groundingText.flatMap { vectors[$0] } }
        let entries = predictions.map { $0.map { titles.nearest(to: $0).entry } }
        return ScoredAnswers(
            name: name, format: try FormatRates(parsed), categoryHits: categoryHits(parsed.map(\.categories)),
            titleRanks: try TitleHitRate(predictions: predictions, targets: targets, in: titles).ranks,
            ctcvr: try ctcvr(of: entries),
            similarity: zip(predictions, targets).map { prediction, target in
                prediction.map { titles.cosine($0, target) } ?? 0
            }, titles: names(entries))
    }

    /// Catalogue place of the title that each completion answers; nil where it names none.
    public func groundedEntries(_ completions: [String]) throws -> [Int?] {
        let texts = completions.map { AnswerParser.parse($0).groundingText }
        let vectors = try TextVectors(texts.compactMap { $0 }, by: encoder)
        return texts.map { text in text.flatMap { vectors[$0] }.map { titles.nearest(to: $0).entry } }
    }

    /// Scores of a ranking of the catalogue that needs no language model.
    ///
    /// - Parameter guess: for a sample, catalogue places from the likeliest on, and the guessed category of
    ///   each level.
    func score(
        heuristic name: String, _ guess: (PromptSample) throws -> (ranking: [Int], categories: [String?])
    ) throws -> ScoredAnswers {
        let guessed = try samples.map(guess)
        let entries = guessed.map(\.ranking.first)
        return ScoredAnswers(
            name: name, format: nil, categoryHits: categoryHits(guessed.map(\.categories)),
            titleRanks: zip(guessed, targets).map { $0.ranking.firstIndex(of: $1) },
            ctcvr: try ctcvr(of: entries),
            similarity: zip(entries, targets).map { entry, target in
                entry.map { titles.cosine(titles.vector($0), target) } ?? 0
            }, titles: names(entries))
    }

    private func names(_ entries: [Int?]) -> [String?] { entries.map { $0.map { catalogue[$0].title } } }

    /// Key of `FormatRates.outcomes` for completions without an answer.
    public static let noAnswer = ParsedAnswer.Outcome.noAnswer.rawValue

    private func categoryHits(_ predicted: [[String?]]) -> [[Bool?]] {
        zip(predicted, samples).map { predicted, sample in
            CategoryAccuracy.hits(predicted: predicted, target: items[Int(sample.target)].categories)
        }
    }

    /// CTCVR of several answers to one sample; 0 for none.
    ///
    /// - Parameter sample: its place.
    public func ctcvr(ofEntries entries: [Int?], sample: Int) throws -> [Double] {
        let own = samples[sample]
        let known = Array(Set(entries.compactMap { $0 })).sorted()
        let scores = try ranker.ctcvr(
            user: own.user, items: known.map { catalogue[$0].item }, at: own.time)
        let byEntry = Dictionary(uniqueKeysWithValues: zip(known, scores))
        return entries.map { entry in entry.flatMap { byEntry[$0] } ?? 0 }
    }

    private func ctcvr(of entries: [Int?]) throws -> [Double] {
        try zip(entries, samples).map { entry, sample in
            guard let entry else { return 0 }
            return try ranker.ctcvr(user: sample.user, items: [catalogue[entry].item], at: sample.time)[0]
        }
    }
}
