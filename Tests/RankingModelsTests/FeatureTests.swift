import Pipeline
import TestSupport
import Testing
import Torch

@testable import RankingModels

@Suite("Features of a row") struct FeatureTests {
    private func vocabulary(
        _ data: RankingData, _ rows: [RankingRow], historyLength: Int = 5, minimumCount: Int
    ) throws -> FeatureVocabulary {
        try FeatureVocabulary.counted(
            data, rows, fields: FeatureFields(data), historyLength: historyLength, minimumCount: minimumCount)
    }

    /// Features by name of one row, with every value known, and its history newest first.
    private func features(_ row: RankingRow, _ events: [Event], historyLength: Int = 5) throws -> (
        [String: String], [Int32]
    ) {
        let data = RankingData(
            users: SmallWorld.users, items: SmallWorld.items, events: events, context: SmallWorld.context)
        let fields = try FeatureFields(data)
        let vocabulary = try vocabulary(data, [row], historyLength: historyLength, minimumCount: 1)
        let builder = FeatureBuilder(data, vocabulary: vocabulary, fields: fields)
        let shape = ESMM.Shape(
            rowCount: 1, fieldCount: 1, network: NetworkConfiguration(), historyLength: historyLength)
        let batch = try RankingBatch(BatchRows(builder.table([row]), [0], builder, .none, shape))
        var names: [Int32: (String, String)] = [:]
        for (index, field) in vocabulary.fields.enumerated() {
            for value in field.values { names[vocabulary.row(index, value)] = (field.name, value) }
        }
        let rows: [Int32] = try batch.fields.elements()
        let history: [Int32] = try batch.history.rows.elements()
        let present: [Float] = try batch.history.mask.elements()
        let items = present.enumerated().filter { $0.element == 1 }.compactMap {
            names[history[$0.offset * 3]].flatMap { Int32($0.1.dropFirst()) }
        }
        return (Dictionary(uniqueKeysWithValues: rows.compactMap { names[$0] }), items)
    }

    @Test("see only what came before the visit") func seeOnlyWhatCameBeforeTheVisit() throws {
        let events = [
            SmallWorld.event(user: 0, item: 3, time: 10 * 3600),  // an L2 of item 0, two days before
            SmallWorld.event(user: 0, item: 0, time: 49 * 3600),  // the item itself, the hour before
            SmallWorld.event(user: 0, item: 0, time: 50 * 3600),  // the visit itself
            SmallWorld.event(user: 0, item: 6, time: 51 * 3600),  // later
            SmallWorld.event(user: 1, item: 0, time: 20 * 3600),  // another user
        ]
        let (values, history) = try features(SmallWorld.row(item: 0, time: 50 * 3600), events)
        #expect(values["item bought"] == "1")
        #expect(values["l2 bought"] == "2")
        #expect(values["l3 bought"] == "1")
        #expect(values["brand bought"] == "1", "item 3 is of the other brand")
        #expect(values["days since item"] == "0" && values["days since l2"] == "0")
        #expect(values["popularity"] == "2", "others' purchases count, that of the visit does not")
        #expect(history == [0, 3])
    }

    @Test("describe the item, the user and the moment") func describeTheItemTheUserAndTheMoment() throws {
        let (values, history) = try features(SmallWorld.row(user: 1, item: 5, time: (24 * 9 + 7) * 3600), [])
        #expect(
            values == [
                "item": "i5", "l1": "food", "l2": "second 2", "l3": "third 5", "brand": "brand 1",
                "price": "8+",
                "user": "u1", "age": "old", "context.display": "0", "context.mailer": "A", "hour": "7",
                // 10 January 1970 was a Saturday.
                "weekday": "6",
                "item bought": "0", "l2 bought": "0", "l3 bought": "0", "brand bought": "0",
                "days since item": "never", "days since l2": "never", "days since l3": "never",
                "days since brand": "never", "price to usual": "", "popularity": "0",
            ])
        #expect(history.isEmpty)
    }

    @Test("days count since the newest purchase of the item, its categories and its brand")
    func daysSince() throws {
        let day: Int64 = 86_400
        let events = [
            SmallWorld.event(user: 0, item: 6, time: 1 * day),  // the L2 and L3 of item 0, and its brand
            SmallWorld.event(user: 0, item: 3, time: 5 * day),  // the L2 alone
            SmallWorld.event(user: 0, item: 2, time: 8 * day),  // the brand alone
        ]
        let (values, _) = try features(SmallWorld.row(item: 0, time: 9 * day), events)
        #expect(values["days since item"] == "never")
        #expect(values["days since l3"] == "8+" && values["days since l2"] == "4+")
        #expect(values["days since brand"] == "1")
    }

    @Test("a price is compared with what the user paid in its category", arguments: [1, 9])
    func priceToUsual(item: Int32) throws {
        // Items 1 and 4 cost 1.50 and 4.50: their mean in logarithms is 2.60. Item 7 would be 7.50.
        let events = [1, 4].enumerated().map {
            SmallWorld.event(user: 0, item: $0.element, time: Int64($0.offset))
        }
        let (values, _) = try features(SmallWorld.row(item: item, time: 9), events)
        // 1.50 / 2.60 is 2^−0.79; nothing of item 9's category was bought.
        #expect(values["price to usual"] == (item == 1 ? "0.59" : ""))
        #expect(PriceBucket.index(20, usual: (0, 1)) == 15 && PriceBucket.index(-20, usual: (0, 1)) == 1)
        #expect(PriceBucket.index(.nan, usual: (0, 1)) == 0)
    }

    @Test("popularity counts four weeks, strictly before the moment, and stays as of the end of the logs")
    func popularity() {
        let week: Int64 = 7 * 86_400
        let events = [0, 1, 2, 3, 4, 4].map { SmallWorld.event(user: 0, item: 1, time: $0 * week) }
        let popularity = ItemPopularity(events.shuffled(), itemCount: 3)
        #expect([0, 1, 4, 5, 9].map { popularity.count(1, before: $0 * week) } == [0, 1, 4, 5, 0])
        #expect(popularity.count(1, before: 4 * week + 1) == 5, "the first is four weeks and a second ago")
        #expect(popularity.count(0, before: 9) == 0 && popularity.count(7, before: .min) == 0)
        let ended = ItemPopularity(events, itemCount: 3, end: 5 * week)
        #expect(ended.count(1, before: 100 * week) == 5)
    }

    @Test("are the same when the future is cut off", arguments: 1...20) func areTheSameWhenTheFutureIsCutOff(
        seed: Int
    ) throws {
        var random = TestRandom(seed: seed)
        let events = SmallWorld.events(seed: seed)
        let row = SmallWorld.row(
            user: Int32.random(in: 0..<6, using: &random), item: Int32.random(in: 0..<12, using: &random),
            time: Int64(Int32.random(in: 0..<240, using: &random)))
        let all = try features(row, events)
        let past = try features(row, events.filter { $0.time < row.time })
        #expect(all.0 == past.0)
        #expect(all.1 == past.1)
        let expected = events.filter { $0.user == row.user && $0.time < row.time }.suffix(5).reversed().map(
            \.item)
        #expect(all.1 == expected)
    }

    @Test("do not depend on the order of the rows") func doNotDependOnTheOrderOfTheRows() throws {
        let rows = SmallWorld.impressions().map(RankingRow.init)
        let fields = try FeatureFields(SmallWorld.data)
        let vocabulary = try vocabulary(SmallWorld.data, rows, minimumCount: 2)
        let builder = FeatureBuilder(SmallWorld.data, vocabulary: vocabulary, fields: fields)
        let (forward, backward) = (try builder.table(rows), try builder.table(rows.reversed()))
        #expect(forward.rows(rows.indices.reversed()) == backward)
        #expect(rows.indices.map(forward.user) == rows.map { Int($0.user) })
        #expect(rows.indices.map(forward.item) == rows.map { Int($0.item) })
    }

    @Test("unseen and rare values share row zero") func unseenAndRareValuesShareRowZero() throws {
        // Item 1 is shown twice, item 2 once; item 3 is bought before, item 4 only afterwards.
        let data = RankingData(
            users: SmallWorld.users, items: SmallWorld.items,
            events: [3, 3, 4, 4].enumerated().map {
                SmallWorld.event(user: 0, item: $0.element, time: $0.offset < 2 ? 5 : 90)
            }, context: SmallWorld.context)
        let rows = [(1, 20), (1, 30), (2, 40)].map { SmallWorld.row(item: Int32($0.0), time: Int64($0.1)) }
        let vocabulary = try vocabulary(data, rows, minimumCount: 2)
        #expect(vocabulary.fields[0].values == ["i1", "i3"])
        #expect(vocabulary.row(0, "i2") == 0 && vocabulary.row(0, "i4") == 0)
        #expect(vocabulary.row(0, "i1") == 1 && vocabulary.row(0, "i3") == 2)
        #expect(vocabulary.row(1, "not there") == 3)
    }

    @Test("counts fall into few buckets") func countsFallIntoFewBuckets() {
        let labels = [0, 1, 2, 3, 4, 7, 8, 15, 16, 1_000_000_000].map {
            CountBucket.label(CountBucket.index($0))
        }
        #expect(labels == ["0", "1", "2", "3", "4+", "4+", "8+", "8+", "16+", "8192+"])
    }

    @Test("recent items stop before the cutoff") func recentItemsStopBeforeTheCutoff() {
        let data = RankingData(
            users: SmallWorld.users, items: SmallWorld.items,
            events: (0..<9).map { SmallWorld.event(user: 2, item: $0, time: Int64($0) * 10) },
            context: SmallWorld.context)
        #expect(data.recentItems(of: 2, before: 50, atMost: 3) == [4, 3, 2])
        #expect(data.recentItems(of: 2, before: 0, atMost: 3).isEmpty)
        let together = data.recentItems(of: [2, 2], before: 50, atMost: 5)
        #expect(together == [4, 4, 3, 3, 2], "both users' newest, at the same time the first user's first")
        #expect(data.recentItems(of: [2], before: 50, atMost: 3) == [4, 3, 2])
    }
}
