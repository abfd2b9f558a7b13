import Foundation
import Pipeline
import TestSupport
import Testing
import Torch

@testable import RankingModels

@Suite("Feature schema", .serialized) struct FeatureSchemaTests {
    private static let users = [
        ["size": "1", "clubs": "wine| tea|wine"], ["size": "2.5", "clubs": "tea"],
        ["size": "7", "clubs": ""],
        ["size": "many", "clubs": "beer|tea|wine"], ["size": "2", "clubs": "beer"], ["clubs": "tea"],
    ].enumerated().map { User(id: "u\($0)", profile: "", attributes: $1, role: .other) }

    private static let data = RankingData(
        users: users, items: SmallWorld.items, events: SmallWorld.events(), context: SmallWorld.context)

    private static var schema: FeatureConfiguration {
        var schema = FeatureConfiguration()
        schema.without = ["weekday", "brand"]
        schema.numeric = ["size": "2, 5", "price": "0 4 10"]
        schema.multiValued = ["clubs": "|"]
        return schema
    }

    @Test("attributes of items are fields, as categories or as numbers") func attributesOfItems() throws {
        var items = SmallWorld.items
        items[0].attributes = ["color": "red", "length": "2.5"]
        items[1].attributes = ["color": "blue"]
        let data = RankingData(
            users: Self.users, items: items, events: SmallWorld.events(), context: SmallWorld.context)
        var schema = FeatureConfiguration()
        schema.numeric = ["item.length": "1, 2, 3"]
        let fields = try FeatureFields(data, schema)
        #expect(fields.itemNames.suffix(2) == ["item.color", "item.length"])
        #expect(fields.values(of: items[0]).suffix(2) == ["red", "2.0+"])
        #expect(fields.values(of: items[1]).suffix(2) == ["blue", ""])
        let read = try #require(FeatureFields(names: fields.names, context: fields.contextNames, schema))
        #expect(read.names == fields.names)
    }

    @Test("numbers fall into their buckets, lists are split, and excluded columns are absent")
    func valuesOfTheSchema() throws {
        let fields = try FeatureFields(Self.data, Self.schema)
        #expect(fields.itemNames == ["item", "l2", "l3", "l1", "price"])
        #expect(fields.userNames == ["user", "size"] && fields.listNames == ["clubs"])
        #expect(!fields.names.contains("weekday") && fields.names.last == "clubs")
        #expect(fields.count == fields.names.count - 1)
        let sizes = Self.users.map { fields.values(of: $0)[1] }
        #expect(sizes == ["below 2.0", "2.0+", "5.0+", "", "2.0+", ""])
        #expect(
            fields.lists(of: Self.users[0]) == [["tea", "wine"]] && fields.lists(of: Self.users[2]) == [[]])
        #expect(
            [0, 3, 4, 11].map { fields.values(of: SmallWorld.items[$0])[4] } == [
                "0.0+", "0.0+", "4.0+", "10.0+",
            ])
    }

    @Test("a list's embedding is the mean over its values, and zero if it is empty, forward and backward")
    func listsAreAveraged() throws {
        let rows = try #require(ListRows([[[3, 5]], [[]], [[4]]], fieldCount: 1) as ListRows?)
        #expect(rows.length == 2 && rows.weights == [0.5, 0.5, 0, 0, 1, 0])
        let ranker = try ranker()
        let impressions = Array(SmallWorld.impressions(count: 6).map(RankingRow.init))
        let table = try ranker.builder.table(impressions)
        let batch = BatchRows(table, [0, 1, 2, 3, 4, 5], ranker.builder, .none, ranker.network.shape)
        let lists = try #require(batch.lists)
        #expect(lists.length == 3 && lists.weights.count == 6 * 3)
        // User 2 has no club: changing the embeddings of all clubs moves everyone's score but hers.
        let names = ranker.builder.vocabulary
        let place = ranker.builder.fields.count
        let before = try ranker.scores(impressions)
        try withoutGrad {
            for value in ["tea", "wine", "beer"] {
                let row = Int(names.row(place, value))
                let slice = try ranker.network.embedding.slice(0, row..<row + 1)
                try slice.copy(from: slice * 3)
            }
        }
        let after = try ranker.scores(impressions)
        for user in 0..<6 { #expect((before.ctr[user] == after.ctr[user]) == (user == 2)) }
    }

    @Test("a trained ranker keeps its schema in its file") func keptInTheFile() throws {
        let ranker = try ranker()
        let rows = SmallWorld.impressions().map(RankingRow.init)
        try withTemporaryFolder { folder in
            try ranker.write(to: folder)
            let read = try Ranker(folder, Self.data)
            #expect(read.builder.fields.schema == Self.schema)
            #expect(try read.scores(rows) == ranker.scores(rows))
        }
    }

    @Test("column names that do not exist, and behaviours without their fields, are refused by name")
    func unusableSchemaIsRefused() {
        func message(_ change: (inout FeatureConfiguration) -> Void) -> String {
            var schema = FeatureConfiguration()
            change(&schema)
            do {
                _ = try FeatureFields(Self.data, schema)
                return ""
            } catch { return "\(error)" }
        }
        #expect(
            message { $0.without = ["wekday"] }.contains(
                "'features.without' has 'wekday', which is none of item, l2"))
        #expect(message { $0.without = ["l2"] }.contains("keep it"))
        #expect(
            message { $0.numeric = ["age": "1"] }.contains(
                "'features.numeric' has 'age', which is none of price, clubs, size"))
        #expect(message { $0.multiValued = ["price": "|"] }.contains("'features.multiValued' has 'price'"))
        #expect(message { $0.without = ["size"] }.isEmpty)
    }

    private func ranker() throws -> Ranker {
        var configuration = RankerConfiguration()
        configuration.epochs = 2
        configuration.batchSize = 32
        configuration.network.minimumCount = 1
        configuration.network.embeddingWidth = 4
        return try RankerTrainer(
            Self.data, configuration: configuration, samplingRate: 0.5, schema: Self.schema, seed: 1
        ).train(SmallWorld.impressions(), title: "test ranker", progress: RunProgress())
    }
}
