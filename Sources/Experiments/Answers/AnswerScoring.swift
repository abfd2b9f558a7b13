import Evaluation
import Foundation
import LanguageModels
import Pipeline
import RankingModels

/// Scores answers to the test samples: Tables 1 and 3.
struct AnswerScoring {
    let samples: [PromptSample]
    let items: [Item]
    let catalogue: [CatalogueEntry]
    /// Unit-length embeddings of the catalogue's titles, `[entries, D]`.
    let titles: [Float]
    let encoder: SentenceEncoder
    /// The ranker that measures CTCVR; it paid no reward.
    let ranker: Ranker
    let guesses: FreeGuesses

    /// A model's answers.
    ///
    /// - Parameter answers: one a sample, in the order of the samples.
    func score(_ answers: [ModelAnswer], name: String) throws -> ScoredAnswers {
        let parsed = answers.map { AnswerParser.parse($0.text) }
        let texts = Set(parsed.compactMap(\.groundingText)).sorted()
        let vectors = try encoder.embed(texts)
        let embedding = Dictionary(
            uniqueKeysWithValues: texts.enumerated().map { index, text in
                (text, Array(vectors[index * encoder.width..<(index + 1) * encoder.width]))
            })
        let predictions = parsed.map { $0.groundingText.flatMap { embedding[$0] } }
        let ranks = try TitleHitRate(
            predictions: predictions, targets: targets(),
            in: TitleCatalogue(embeddings: titles, width: encoder.width)
        ).ranks
        let entries = predictions.map { $0.map(nearestEntry) }
        return ScoredAnswers(
            name: name, format: try FormatRates(parsed),
            categoryHits: zip(parsed, samples).map { answer, sample in
                CategoryAccuracy.hits(
                    predicted: answer.categories, target: items[Int(sample.target)].categories)
            },
            titleRanks: ranks, ctcvr: try ctcvr(of: entries),
            similarity: try zip(predictions, targets()).map { prediction, target in
                prediction.map { cosine($0, target) } ?? 0
            })
    }

    /// The most popular promoted titles and categories.
    func mostPopular() throws -> ScoredAnswers {
        let ranking = guesses.popularRanking()
        let categories = guesses.popularCategories()
        return try freeRow("most popular") { _ in (ranking, categories) }
    }

    /// The household's own most frequent titles and categories.
    func ownMostFrequent() throws -> ScoredAnswers {
        try freeRow("household's own most frequent") { sample in
            (
                guesses.ownRanking(user: sample.user, before: sample.time),
                guesses.ownCategories(user: sample.user, before: sample.time)
            )
        }
    }

    /// Item-based nearest neighbours over what the households bought before the first test visit.
    func itemNeighbors() throws -> ScoredAnswers {
        let histories = guesses.histories(before: firstVisit).values.map { $0 }
        let neighbors = ItemNeighbors(histories, count: catalogue.count)
        return try freeRow("item-kNN") { sample in
            titled(
                guesses.ranking(scores: neighbors.scores(guesses.history(sample.user, before: sample.time))))
        }
    }

    /// A causal transformer over the households' purchases before the first test visit (SASRec).
    func sequenceModel(seed: UInt64, progress: RunProgress) throws -> ScoredAnswers {
        let histories = guesses.histories(before: firstVisit).sorted { $0.key < $1.key }
        let model = try SequenceRecommender.train(
            histories.map { $0.value.map(Int32.init) }, itemCount: catalogue.count, seed: seed,
            title: "sequence model (SASRec)", progress: progress)
        return try freeRow("sequence model (SASRec)") { sample in
            let history = guesses.history(sample.user, before: sample.time).map(Int32.init)
            guard !history.isEmpty else { return titled(guesses.popularRanking()) }
            return titled(guesses.ranking(scores: try model.scores(after: history).map(Double.init)))
        }
    }

    /// Nothing at or after it is learnt from.
    private var firstVisit: Int32 { samples.map(\.time).min() ?? 0 }

    /// A ranking with the categories of its first title.
    private func titled(_ ranking: [Int]) -> (ranking: [Int], categories: [String?]) {
        let categories = ranking.first.map { items[Int(catalogue[$0].item)].categories } ?? []
        return (ranking, (0..<3).map { $0 < categories.count ? categories[$0] : nil })
    }

    private func freeRow(
        _ name: String, guess: (PromptSample) throws -> (ranking: [Int], categories: [String?])
    ) throws -> ScoredAnswers {
        let guessed = try samples.map(guess)
        let targets = try targets()
        return ScoredAnswers(
            name: name, format: nil,
            categoryHits: zip(guessed, samples).map { guess, sample in
                CategoryAccuracy.hits(
                    predicted: guess.categories, target: items[Int(sample.target)].categories)
            },
            titleRanks: zip(guessed, targets).map { $0.ranking.firstIndex(of: $1) },
            ctcvr: try ctcvr(of: guessed.map(\.ranking.first)),
            similarity: zip(guessed, targets).map { guess, target in
                guess.ranking.first.map { cosine(embedding(of: $0), target) } ?? 0
            })
    }

    private func embedding(of entry: Int) -> [Float] {
        Array(titles[entry * encoder.width..<(entry + 1) * encoder.width])
    }

    /// Of a unit-length embedding and a catalogue title's.
    private func cosine(_ embedding: [Float], _ entry: Int) -> Double {
        zip(embedding, self.embedding(of: entry)).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    /// Catalogue place of each sample's true title.
    private func targets() throws -> [Int] {
        try samples.map { sample in
            guard let place = guesses.place(of: sample.target) else {
                throw RunError.file(
                    path: sample.id, message: "has a target whose title is not in the catalogue")
            }
            return place
        }
    }

    private func nearestEntry(_ embedding: [Float]) -> Int {
        let width = encoder.width
        let cosines = catalogue.indices.map { entry in
            zip(embedding, titles[entry * width..<(entry + 1) * width]).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        }
        return cosines.indices.max { (cosines[$0], $1) < (cosines[$1], $0) } ?? 0
    }

    private func ctcvr(of entries: [Int?]) throws -> [Double] {
        try zip(entries, samples).map { entry, sample in
            guard let entry else { return 0 }
            return try ranker.ctcvr(user: sample.user, items: [catalogue[entry].item], at: sample.time)[0]
        }
    }
}
