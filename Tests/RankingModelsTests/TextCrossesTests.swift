import Foundation
import Pipeline
import TestSupport
import Testing

@testable import RankingModels

@Suite("Crosses with what was written about a user", .serialized) struct TextCrossesTests {
    private func feature(_ user: Int32, _ titles: [String]?) -> UserFeature {
        UserFeature(
            user: user, codes: [0], similarUsers: [(user + 1) % 6], similarities: [1], codebook: "book",
            titles: titles)
    }

    @Test("a candidate is placed among the titles near the text, and its category has their share")
    func placesAndShares() {
        let items = SmallWorld.items
        // The title of item 6, whose L3 is that of item 0, then an unknown one, then the title of item 1.
        let near = [items[6].title, "unknown", items[1].title]
        let crosses = TextCrosses([feature(0, near), feature(1, nil)], SmallWorld.data)
        let all = 1 + 1 / 2.0 + 1 / 3.0
        let (first, third) = (SimilarCrosses.bucket(1 / all), SimilarCrosses.bucket(1 / 3.0 / all))
        #expect(items[6].level(2) == items[0].level(2) && items[6].title != items[0].title)
        #expect(crosses.buckets(user: 0, item: 6) == [15, first])
        #expect(crosses.buckets(user: 0, item: 0) == [0, first])
        #expect(crosses.buckets(user: 0, item: 1) == [TextCrosses.bucket(2), third])
        #expect(crosses.buckets(user: 1, item: 6) == [0, 0], "nothing was written")
        #expect([0, 1, 2, 3, 7, 49].map(TextCrosses.bucket) == [15, 13, 12, 11, 9, 4])
    }

    @Test("a ranker reads them beside similar users' or alone, is saved with them, and no service takes it")
    func ranker() throws {
        let features = (0..<Int32(SmallWorld.userCount)).map { user in
            feature(user, [SmallWorld.items[Int(user)].title, SmallWorld.items[Int(user) + 1].title])
        }
        for hasCrosses in [false, true] {
            func enhanced(_ features: [UserFeature]) -> EnhancedFeatures {
                EnhancedFeatures(
                    [.init(time: 100, features: features)], SmallWorld.data, before: 0, codeCount: nil,
                    sequenceLength: hasCrosses ? 4 : nil, hasCrosses: hasCrosses, hasTexts: true)
            }
            #expect(enhanced(features).crossCount == (hasCrosses ? 5 : 2))
            let ranker = try SmallWorld.trainer().train(
                SmallWorld.impressions(), enhanced: enhanced(features), title: "texts",
                progress: RunProgress())
            let rows = (0..<12).map { SmallWorld.row(user: 2, item: $0, time: 200) }
            let scores = try ranker.scores(rows)
            try withTemporaryFolder { folder in
                try ranker.write(to: folder)
                let read = try Ranker(
                    folder, SmallWorld.data, features: [.init(time: 100, features: features)])
                #expect(try read.scores(rows) == scores)
                #expect(throws: RankingModelError.self) {
                    try LiveRanker(folder, context: SmallWorld.context)
                }
                let others = features.map { feature($0.user, [SmallWorld.items[9].title]) }
                let strange = try Ranker(
                    folder, SmallWorld.data, features: [.init(time: 100, features: others)])
                #expect(try strange.scores(rows) != scores)
            }
        }
    }
}
