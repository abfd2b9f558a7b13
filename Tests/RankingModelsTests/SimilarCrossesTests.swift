import Foundation
import Pipeline
import TestSupport
import Testing

@testable import RankingModels

@Suite("Crosses with similar users' purchases", .serialized) struct SimilarCrossesTests {
    private static let day: Int64 = 86_400

    private func crosses(_ events: [Event], _ similar: [(Int32, Double)], before time: Int64)
        -> SimilarCrosses
    {
        let data = RankingData(users: SmallWorld.users, items: SmallWorld.items, events: events)
        let feature = UserFeature(
            user: 0, codes: [], similarUsers: similar.map(\.0), similarities: similar.map(\.1), codebook: "")
        return SimilarCrosses([feature], data, before: time)
    }

    private func buckets(_ crosses: SimilarCrosses, item: Int32) -> [Int] {
        crosses.buckets(user: 0, item: item)
    }

    @Test("a share is weighted by similarity and age, and nothing at or after the snapshot counts")
    func shares() {
        let events = [
            SmallWorld.event(user: 1, item: 0, time: 72 * Self.day),  // half its weight is left at 100
            SmallWorld.event(user: 2, item: 6, time: 100 * Self.day - 1),  // the L3 of item 0
            SmallWorld.event(user: 3, item: 0, time: 100 * Self.day),  // at the snapshot
            SmallWorld.event(user: 4, item: 0, time: 10 * Self.day),  // no similar user
        ]
        let found = crosses(events, [(1, 0.5), (2, 0.25), (3, 0.25)], before: 100 * Self.day)
        let half = SimilarCrosses.bucket(0.5)
        #expect(buckets(found, item: 0) == [half, SimilarCrosses.bucket(0.25), half])
        #expect(buckets(found, item: 1) == [0, 0, 0])
        #expect(buckets(found, item: 6) == [SimilarCrosses.bucket(0.25), SimilarCrosses.bucket(0.25), half])
    }

    @Test("a similarity below 0 counts as none, and without any weight nothing is shared")
    func negative() {
        let events = [
            SmallWorld.event(user: 1, item: 0, time: 1), SmallWorld.event(user: 2, item: 0, time: 1),
        ]
        #expect(buckets(crosses(events, [(1, -0.5), (2, 0.5)], before: 9), item: 0)[0] == 15)
        #expect(buckets(crosses(events, [(1, -0.5)], before: 9), item: 0) == [0, 0, 0])
    }

    @Test("buckets are steps of √2") func steps() {
        #expect([1, 0.7, 0.5, 0.35, 0.01, 1e-9, 0].map(SimilarCrosses.bucket) == [15, 14, 13, 12, 2, 1, 0])
    }

    @Test("a ranker learns from them, is saved with them, and no service takes it") func ranker() throws {
        let features = (0..<Int32(SmallWorld.userCount)).map { user in
            UserFeature(
                user: user, codes: [0], similarUsers: [(user + 1) % 6, (user + 2) % 6],
                similarities: [0.9, 0.3], codebook: "book")
        }
        func enhanced(_ features: [UserFeature]) -> EnhancedFeatures {
            EnhancedFeatures(
                [.init(time: 100, features: features)], SmallWorld.data, before: 0, codeCount: nil,
                sequenceLength: 4, hasCrosses: true)
        }
        let ranker = try SmallWorld.trainer().train(
            SmallWorld.impressions(), enhanced: enhanced(features), title: "crosses", progress: RunProgress())
        let rows = (0..<12).map { SmallWorld.row(user: 2, item: $0, time: 200) }
        let scores = try ranker.scores(rows)
        try withTemporaryFolder { folder in
            try ranker.write(to: folder)
            let read = try Ranker(
                folder, SmallWorld.data, features: [.init(time: 100, features: features)])
            #expect(try read.scores(rows) == scores)
            #expect(throws: RankingModelError.self) { try LiveRanker(folder, context: SmallWorld.context) }
            // Other similar users, other scores: the crosses are read.
            var others = features
            for user in others.indices {
                others[user].similarUsers = [Int32((user + 3) % 6), Int32((user + 4) % 6)]
            }
            let strange = try Ranker(folder, SmallWorld.data, features: [.init(time: 100, features: others)])
            #expect(try strange.scores(rows) != scores)
        }
        let without = EnhancedFeatures(
            [.init(time: 100, features: features)], SmallWorld.data, before: 0, codeCount: nil,
            sequenceLength: 4)
        #expect(throws: RankingModelError.self) {
            try Ranker(ranker.network, ranker.builder, correction: ranker.correction, enhanced: without)
        }
    }
}
