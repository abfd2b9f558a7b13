import Foundation
import Pipeline
import RankingModels
import TestSupport
import Testing

@testable import RankingExperiment

@Suite("Impressions of the test window") struct TestWindowTests {
    @Test("scores block by block are those of all rows at once") func blocksChangeNoScore() throws {
        let users = (0..<4).map { User(id: "\($0)", profile: "", attributes: [:], role: .other) }
        let items = (0..<6).map {
            Item(id: "\($0)", title: "thing \($0)", categories: ["a", "b \($0 % 2)"], brand: "", price: nil)
        }
        let data = RankingData(users: users, items: items, events: [])
        let impressions = (0..<2500).map { index in
            let (user, item) = (Int32(index * 4 / 2500), Int32(index % 6))
            return Impression(
                user: user, item: item, time: Int64(index) * 3600, basket: Int64(index),
                isClick: (index + Int(user)) % 3 > 0, isConversion: (index + Int(user)) % 3 > 1, period: .test
            )
        }
        var configuration = RankerConfiguration()
        (configuration.epochs, configuration.batchSize) = (1, 256)
        let ranker = try RankerTrainer(data, configuration: configuration, samplingRate: 1, seed: 1).train(
            impressions, title: "test", progress: RunProgress(isSilent: true))
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "impressions.csv")
            let lines = impressions.map { row in
                "\(row.user),\(row.item),\(row.time),\(row.basket),\(row.isClick ? 1 : 0),"
                    + "\(row.isConversion ? 1 : 0),0,test"
            }
            let text = ([Impression.columns.joined(separator: ",")] + lines).joined(separator: "\n")
            try Data(text.utf8).write(to: file)
            // Two whole blocks of a batch each, and a part.
            let window = try TestWindow(ImpressionFile(file, data), blockSize: 1024)
            #expect(window.count == 2500 && window.users == impressions.map(\.user))
            #expect(window.isClick == impressions.map(\.isClick))
            #expect(window.isConversion == impressions.map(\.isConversion))
            #expect(try window.scores(by: ranker) == ranker.scores(impressions.map(RankingRow.init)))
        }
    }
}
