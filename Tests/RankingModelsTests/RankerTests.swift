import Foundation
import Pipeline
import RankingModels
import TestSupport
import Testing

@Suite("Ranker", .serialized) struct RankerTests {
    private func train(
        _ impressions: [Impression], seed: UInt64 = 1, epochs: Int = 20, enhanced: EnhancedFeatures = .none
    ) throws -> Ranker {
        var configuration = RankerConfiguration()
        configuration.epochs = epochs
        configuration.batchSize = 64
        configuration.learningRate = 0.01
        return try RankerTrainer(SmallLogs.data(), configuration: configuration, samplingRate: 1, seed: seed)
            .train(impressions, enhanced: enhanced, title: "test", progress: RunProgress())
    }

    @Test("a taste present in the data is learnt, and holds for held-out impressions")
    func learnsATaste() throws {
        let ranker = try train(SmallLogs.impressions(seed: 1))
        let test = SmallLogs.impressions(seed: 2)
        let scores = try ranker.scores(test.map(RankingRow.init))
        let clicked = zip(scores.ctr, test).filter(\.1.isClick).map(\.0)
        let other = zip(scores.ctr, test).filter { !$0.1.isClick }.map(\.0)
        #expect(clicked.reduce(0, +) / Double(clicked.count) > 0.8)
        #expect(other.reduce(0, +) / Double(other.count) < 0.2)
        #expect(zip(scores.ctr, scores.ctcvr).allSatisfy { $0 >= $1 }, "a conversion is a click")
    }

    @Test("the same seed gives the same bytes, another seed does not")
    func seedDecidesTheBytes() throws {
        try withTemporaryFolder { folder in
            let files = try [(1, "a"), (1, "b"), (2, "c")].map { seed, name in
                let target = folder.appending(path: name)
                try train(SmallLogs.impressions(seed: 1), seed: UInt64(seed), epochs: 1).write(to: target)
                return try Data(contentsOf: target.appending(path: "ranker.safetensors"))
            }
            #expect(files[0] == files[1])
            #expect(files[0] != files[2])
        }
    }

    @Test("a saved ranker gives the same scores") func savedRankerScoresTheSame() throws {
        try withTemporaryFolder { folder in
            let ranker = try train(SmallLogs.impressions(seed: 1), epochs: 2)
            try ranker.write(to: folder)
            let rows = SmallLogs.impressions(seed: 5, count: 50).map(RankingRow.init)
            let restored = try Ranker(folder, SmallLogs.data()).scores(rows)
            let own = try ranker.scores(rows)
            #expect(restored == own)
        }
    }

    @Test("events during the visit or later change no score") func futureEventsChangeNoScore()
        throws
    {
        let ranker = try train(SmallLogs.impressions(seed: 1), epochs: 2)
        let data = SmallLogs.data()
        let row = RankingRow(user: 2, item: 4, time: (10 * 24 + 10) * 3600, context: ["0", "A"])
        try withTemporaryFolder { folder in
            try ranker.write(to: folder)
            let all = (0..<30).map { visit in
                Event(
                    user: 2, item: Int32((visit * 2) % SmallLogs.itemCount),
                    time: Int64(visit * 24 + 10) * 3600,
                    quantity: 1,
                    value: 1, basket: Int64(200 + visit))
            }
            func score(_ events: [Event]) throws -> Ranker.Scores {
                try Ranker(
                    folder,
                    RankingData(users: data.users, items: data.items, events: events, context: data.context)
                ).scores([
                    row
                ])
            }
            let before = all.filter { $0.time < row.time }
            let (whole, early, shorter) = (try score(all), try score(before), try score(before.dropLast(1)))
            #expect(whole == early)
            #expect(shorter != early, "the visit before must count")
        }
    }

    @Test("codes and a similar user's sequence affect the score") func enhancedFeaturesChangeTheScore()
        throws
    {
        let codes = (0..<SmallLogs.userCount).map { [$0 % 4, $0 / 4] }
        let sequences = (0..<SmallLogs.userCount).map { user in (0..<user).map { Int32($0) } }
        let enhanced = EnhancedFeatures(codes: codes, codeCount: 4, similarSequences: sequences)
        let impressions = SmallLogs.impressions(seed: 1)
        let ranker = try train(impressions, epochs: 2, enhanced: enhanced)
        try withTemporaryFolder { folder in
            try ranker.write(to: folder)
            let shuffled = EnhancedFeatures(
                codes: codes.reversed(), codeCount: 4, similarSequences: sequences.reversed())
            let rows = impressions.prefix(40).map(RankingRow.init)
            let found = try Ranker(folder, SmallLogs.data(), enhanced: shuffled).scores(rows)
            let own = try ranker.scores(rows)
            #expect(found != own)
            let isFinite = found.ctr.allSatisfy { $0.isFinite }
            #expect(isFinite, "a user without a similar sequence must not give NaN")
        }
    }
}
