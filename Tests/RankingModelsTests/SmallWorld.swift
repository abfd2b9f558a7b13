import Pipeline
import TestSupport

@testable import RankingModels

/// A handful of users and items with purchases that follow a rule, for tests.
enum SmallWorld {
    static let userCount = 6
    static let itemCount = 12

    static let users = (0..<userCount).map {
        User(id: "u\($0)", profile: "", attributes: ["age": $0 % 2 == 0 ? "young" : "old"], role: .other)
    }

    /// Three L2 categories and six L3 categories.
    static let items = (0..<itemCount).map {
        Item(
            id: "i\($0)", title: "item \($0)", categories: ["food", "second \($0 % 3)", "third \($0 % 6)"],
            brand: "brand \($0 % 2)", price: Double($0) + 0.5)
    }

    static func event(user: Int32, item: Int32, time: Int64) -> Event {
        Event(user: user, item: item, time: time, quantity: 1, value: 1, basket: time)
    }

    static func row(user: Int32 = 0, item: Int32, time: Int64) -> RankingRow {
        RankingRow(user: user, item: item, time: time, context: ["0", "A"])
    }

    /// Twenty purchases per user, an hour to a day apart.
    static func events(seed: Int = 1) -> [Event] {
        var random = TestRandom(seed: seed)
        return (0..<Int32(userCount)).flatMap { user in
            var time: Int64 = 0
            return (0..<20).map { _ in
                time += Int64(Int32.random(in: 0...24, using: &random))
                return event(
                    user: user, item: Int32.random(in: 0..<Int32(itemCount), using: &random), time: time)
            }
        }
    }

    /// Impressions that are clicked when the item's L2 is the user's, and convert when the item is bought on
    /// top.
    static func impressions(count: Int = 96) -> [Impression] {
        (0..<count).map { index in
            let (user, item) = (Int32(index % userCount), Int32(index / userCount % itemCount))
            return Impression(
                user: user, item: item, time: Int64(100 + index), basket: Int64(index),
                context: ["\(index % 2)", "A"], isClick: user % 3 == item % 3,
                isConversion: user % 3 == item % 3 && item < 6,
                period: .rankerTraining)
        }
    }

    /// What is known of the moment of an impression.
    static let context = [
        ContextField(name: "display", usual: "0"), ContextField(name: "mailer", usual: "A"),
    ]

    static let data = RankingData(users: users, items: items, events: events(), context: context)

    /// Codes and sequences for every user.
    static let enhanced = EnhancedFeatures(
        codes: (0..<userCount).map { [$0 % 3, $0 / 3] }, codeCount: 3,
        similarSequences: (0..<userCount).map {
            data.recentItems(of: Int32(($0 + 1) % userCount), before: 100, atMost: 7)
        })

    /// A trainer small enough for tests.
    static func trainer(
        _ data: RankingData = data, epochs: Int = 4, learningRate: Double = 5e-3, seed: UInt64 = 7,
        calibrates: Bool = false,
        change: (inout RankerConfiguration) -> Void = { _ in }
    ) -> RankerTrainer {
        var configuration = RankerConfiguration()
        configuration.epochs = epochs
        configuration.batchSize = 32
        configuration.learningRate = learningRate
        configuration.historyLength = 5
        configuration.network.embeddingWidth = 4
        configuration.network.towerWidths = [8]
        configuration.network.minimumCount = 1
        change(&configuration)
        return RankerTrainer(
            data, configuration: configuration, samplingRate: 0.5, calibrates: calibrates, seed: seed)
    }
}

extension FeatureVocabulary {
    /// The vocabulary of training rows, which come by user and time.
    static func counted(
        _ data: RankingData, _ rows: [RankingRow], fields: FeatureFields, historyLength: Int,
        minimumCount: Int
    ) throws -> FeatureVocabulary {
        var counter = VocabularyCounter(data, historyLength: historyLength)
        var walk = UserStateWalk(data)
        for row in rows.sorted(by: { ($0.user, $0.time) < ($1.user, $1.time) }) {
            try walk.visit(row) { counter.add(row, $0) }
        }
        return counter.vocabulary(fields, minimumCount: minimumCount)
    }
}
