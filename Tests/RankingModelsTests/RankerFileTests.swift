import Foundation
import ModelFiles
import Pipeline
import TestSupport
import Testing
import Torch
import TorchNN

@testable import RankingModels

@Suite("Ranker files and scores", .serialized) struct RankerFileTests {
    private func trained(enhanced: EnhancedFeatures = .none) throws -> Ranker {
        try SmallWorld.trainer().train(
            SmallWorld.impressions(), enhanced: enhanced, title: "test ranker", progress: RunProgress())
    }

    @Test("codes of a different code book are refused") func otherCodeBookIsRefused() throws {
        func features(_ codebook: String) -> EnhancedFeatures {
            EnhancedFeatures(codes: SmallWorld.enhanced.snapshots[0].codes, codeCount: 3, codebook: codebook)
        }
        try withTemporaryFolder { folder in
            try trained(enhanced: features("a1")).write(to: folder)
            _ = try Ranker(folder, SmallWorld.data, enhanced: features("a1"))
            #expect(throws: RankingModelError.codebook(expected: "a1", found: "b2")) {
                try Ranker(folder, SmallWorld.data, enhanced: features("b2"))
            }
        }
    }

    private var rows: [RankingRow] { SmallWorld.impressions().map(RankingRow.init) }

    @Test("reads what it wrote", arguments: [false, true]) func readsWhatItWrote(isEnhanced: Bool) throws {
        let enhanced = isEnhanced ? SmallWorld.enhanced : .none
        let ranker = try trained(enhanced: enhanced)
        try withTemporaryFolder { folder in
            try ranker.write(to: folder)
            let read = try Ranker(folder, SmallWorld.data, enhanced: enhanced)
            #expect(try read.scores(rows) == ranker.scores(rows))
        }
    }

    @Test("scores do not depend on the batch") func scoresDoNotDependOnTheBatch() throws {
        let ranker = try trained()
        let (one, many) = (try ranker.scores(rows, batchSize: 7), try ranker.scores(rows))
        #expect(one.ctr.count == rows.count)
        #expect(difference(one.ctcvr, many.ctcvr) < Tolerance.float32)
        #expect(zip(many.ctr, many.ctcvr).allSatisfy { $0 > $1 && $1 > 0 && $0 < 1 })
    }

    @Test("finds items by the source's ids") func findsItemsByTheSourcesIds() throws {
        let ranker = try trained()
        let last = Int32(SmallWorld.itemCount - 1)
        let turned = RankingData(
            users: SmallWorld.users, items: SmallWorld.items.reversed(),
            events: SmallWorld.events().map {
                SmallWorld.event(user: $0.user, item: last - $0.item, time: $0.time)
            }, context: SmallWorld.context)
        try withTemporaryFolder { folder in
            try ranker.write(to: folder)
            let read = try Ranker(folder, turned)
            let found = try read.ctcvr(user: 2, items: [last - 3, last - 8], at: 150)
            #expect(try found == ranker.ctcvr(user: 2, items: [3, 8], at: 150))
        }
    }

    @Test("scores items that were never shown as in the neutral placement")
    func unseenItemsScoreNeutrally() throws {
        let ranker = try trained()
        let plain = try ranker.scores([SmallWorld.row(user: 1, item: 9, time: 130)])
        #expect(try ranker.scores(user: 1, items: [9], at: 130) == plain)
        #expect(try ranker.ctcvr(user: 1, items: [9, 2], at: 130).count == 2)
    }

    @Test("refuses users and items that the data do not have") func refusesUnknownUsersAndItems() throws {
        let ranker = try trained()
        #expect(throws: RankingModelError.unknown(what: "user", index: 6, count: 6)) {
            try ranker.scores([SmallWorld.row(user: 6, item: 0, time: 9)])
        }
        #expect(throws: RankingModelError.unknown(what: "item", index: -1, count: 12)) {
            try ranker.ctcvr(user: 0, items: [-1], at: 9)
        }
    }

    @Test("refuses to load without its feature groups") func refusesToLoadWithoutItsFeatureGroups() throws {
        try withTemporaryFolder { folder in
            try trained(enhanced: SmallWorld.enhanced).write(to: folder)
            #expect(throws: RankingModelError.self) { try Ranker(folder, SmallWorld.data) }
        }
    }

    @Test("loading errors name file and key") func loadingErrorsNameFileAndKey() throws {
        let ranker = try trained()
        func message(_ damage: (URL) throws -> Void) throws -> String {
            try withTemporaryFolder { folder in
                try ranker.write(to: folder)
                try damage(folder)
                let error = #expect(throws: (any Error).self) { try Ranker(folder, SmallWorld.data) }
                return error.map { "\($0)" } ?? ""
            }
        }
        func replace(_ file: String, _ old: String, _ new: String) throws -> String {
            try message { folder in
                let url = folder.appending(path: file)
                let text = try String(contentsOf: url, encoding: .utf8)
                #expect(text.contains(old))
                try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: url)
            }
        }
        let missing = try message {
            try FileManager.default.removeItem(at: $0.appending(path: "vocabulary.json"))
        }
        #expect(missing.contains("vocabulary.json"))
        let rate = try replace("config.json", "\"samplingRate\" : 0.5", "\"samplingRate\" : 2")
        #expect(rate.contains("config.json") && rate.contains("samplingRate"))
        let renamed = try replace("config.json", "rowCount", "rows")
        #expect(renamed.contains("config.json") && renamed.contains("rowCount"))
        let value = try replace("vocabulary.json", "\"i3\"", "\"i4\"")
        #expect(value.contains("vocabulary.json") && value.contains("item"))
        let field = try replace("vocabulary.json", "\"hour\"", "\"letter\"")
        #expect(field.contains("vocabulary.json") && field.contains("fields"))
        let width = try message { folder in
            let weights = ranker.network.parameters.named().filter { $0.name != "embedding" }
            try SafetensorsFile.write(
                weights + [("embedding", .zeros([1, 4]))], to: folder.appending(path: "ranker.safetensors"))
        }
        #expect(width.contains("ranker.safetensors") && width.contains("embedding"))
        let lost = try message { folder in
            let weights = ranker.network.parameters.named().filter { $0.name != "click.0.bias" }
            try SafetensorsFile.write(weights, to: folder.appending(path: "ranker.safetensors"))
        }
        #expect(lost.contains("ranker.safetensors") && lost.contains("click.0.bias"))
    }
}
