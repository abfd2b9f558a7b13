import Foundation
import Pipeline
import RankingModels
import Testing

@testable import RankingExperiment

@Suite("Arms of the ranking experiment") struct RankerArmTests {
    private static let items = [
        Item(id: "a", title: "A", categories: ["G", "milk"], brand: "", price: 2),
        Item(id: "b", title: "B", categories: ["G", "milk"], brand: "", price: 4),
        Item(id: "c", title: "C", categories: ["G", "bread"], brand: "", price: 2),
    ]

    @Test("each placebo changes only what it is meant to change") func placebosKeepWhatTheyClaim() throws {
        let users = (0..<6).map { User(id: "\($0)", profile: "", attributes: [:], role: .other) }
        let events = (0..<6).map {
            Event(user: Int32($0), item: Int32($0 % 3), time: 1, quantity: 1, value: 1, basket: Int64($0))
        }
        let data = RankingData(users: users, items: Self.items, events: events)
        func set(_ shift: Int) -> [UserFeature] {
            (0..<6).map {
                UserFeature(
                    user: Int32($0), codes: [($0 + shift) % 4], similarUsers: [Int32(($0 + 1) % 6)],
                    similarities: [1], codebook: "book")
            }
        }
        func snapshots(_ shift: Int) -> [FeatureSnapshot] {
            [.init(time: 1, features: set(shift)), .init(time: 2, features: set(shift + 1))]
        }
        let sets = FeatureSets(
            reasoning: snapshots(0), baseModel: snapshots(1), history: snapshots(2), purchases: snapshots(3),
            nextPurchases: snapshots(4), nextVisit: snapshots(5))
        func features(_ arm: RankerArm, _ sets: FeatureSets) -> EnhancedFeatures {
            var settings = RankConfiguration()
            (settings.codes.bits, settings.similarSequenceLength) = (2, 5)
            return arm.features(sets, data, settings, before: 2, seed: 3)
        }
        func newest(_ arm: RankerArm) -> EnhancedFeatures.Snapshot { features(arm, sets).snapshots[1] }
        let baseline = features(.baseline, sets).snapshots[0]
        #expect(baseline.codes.isEmpty && baseline.similarSequences.isEmpty)
        #expect(newest(.codes).similarSequences.isEmpty && newest(.sequence).codes.isEmpty)
        let both = newest(.both)
        #expect(
            both.codes == set(1).map(\.codes) && both.similarSequences.map(\.first) == [1, 2, 0, 1, 2, 0])
        #expect(features(.both, sets).codebook == "book" && features(.sequence, sets).codebook.isEmpty)
        #expect(newest(.baseModel).codes == set(2).map(\.codes))
        #expect(newest(.history).codes == set(3).map(\.codes))
        #expect(newest(.randomNeighbors).codes == both.codes)
        #expect(newest(.randomNeighbors).similarSequences != both.similarSequences)
        let shuffled = features(.shuffled, sets)
        #expect(shuffled.snapshots[1].codes != both.codes)
        #expect(
            shuffled.snapshots[1].codes.map(\.description).sorted()
                == both.codes.map(\.description).sorted())
        // Frozen features are the first snapshot's, and a user keeps whose features it was given.
        let frozen = features(.frozen, sets).snapshots
        #expect(frozen.count == 1 && frozen[0].codes == set(0).map(\.codes))
        #expect(
            zip(shuffled.snapshots[0].codes, shuffled.snapshots[1].codes).allSatisfy {
                ($0[0] + 1) % 4 == $1[0]
            })
        #expect(newest(.purchases).codes == set(4).map(\.codes))
        #expect(newest(.oracleNeighbors).codes == set(5).map(\.codes))
        #expect(newest(.oracleText).codes == set(6).map(\.codes))
        #expect(features(.plain, sets).snapshots.allSatisfy { $0.codes.isEmpty })
        #expect(newest(.plainBoth).codes == both.codes)
        // A snapshot without a time lends what lies before the window.
        let single = FeatureSets(
            reasoning: [.init(features: set(0))], baseModel: [], history: [], purchases: [],
            nextPurchases: [], nextVisit: [])
        #expect(features(.both, single).snapshots.map(\.time) == [2])
    }

    @Test("an arm may keep the most similar users alone")
    func fewerNeighbors() throws {
        let users = (0..<4).map { User(id: "\($0)", profile: "", attributes: [:], role: .other) }
        let events = (0..<4).map {
            Event(user: Int32($0), item: Int32($0 % 3), time: 1, quantity: 1, value: 1, basket: Int64($0))
        }
        let data = RankingData(users: users, items: Self.items, events: events)
        let features = (0..<Int32(4)).map { user in
            UserFeature(
                user: user, codes: [0], similarUsers: (1..<4).map { (user + $0) % 4 },
                similarities: [0.9, 0.5, 0.1], codebook: "book")
        }
        let sets = FeatureSets(
            reasoning: [.init(time: 2, features: features)], baseModel: [], history: [], purchases: [],
            nextPurchases: [], nextVisit: [])
        var settings = RankConfiguration()
        (settings.similarUsers, settings.similarSequenceLength, settings.similarCrosses) = (3, 9, true)
        func lent(_ arm: RankerArm) -> [Int] {
            arm.features(sets, data, settings, before: 2, seed: 1).snapshots[0].similarSequences.map(\.count)
        }
        #expect(lent(.both) == [3, 3, 3, 3] && lent(.oneNeighbor) == [1, 1, 1, 1])
        #expect(RankerArm.oneNeighbor.isNeeded(settings) && !RankerArm.tenNeighbors.isNeeded(settings))
    }

    @Test("purchase vectors count titles on a logarithmic scale, rare ones more, and know nothing later")
    func purchaseVectors() {
        let users = (0..<4).map { User(id: "\($0)", profile: "", attributes: [:], role: .other) }
        func event(_ user: Int32, _ item: Int32, _ time: Int64) -> Event {
            Event(user: user, item: item, time: time, quantity: 1, value: 1, basket: time)
        }
        let events = [
            event(0, 0, 1), event(1, 0, 2), event(2, 0, 3), event(0, 1, 4), event(0, 1, 5), event(3, 2, 50),
        ]
        let data = RankingData(users: users, items: Self.items, events: events)
        let vectors = PurchaseVectors(data, before: 10, widthMultipleOf: 8)
        #expect(vectors.width == 8)
        let own = vectors.vector(of: 0, before: 10)
        #expect(abs(own[0] - Float(log(2) * log(5.0 / 3))) < 1e-6, "title 0, of three users, comes first")
        #expect(abs(own[1] - Float(log(3) * log(5.0 / 1))) < 1e-6)
        #expect(own[2...].allSatisfy { $0 == 0 })
        #expect(vectors.vector(of: 3, before: 10) == [Float](repeating: 1, count: 8), "nothing is known yet")
        #expect(vectors.vector(of: 3, from: 40, before: 60).allSatisfy { $0 == 1 }, "not among the titles")
        #expect(vectors.vector(of: 0, from: 4, before: 5)[1] == logf(2) * Float(log(5.0)))
        #expect(data.nextVisit(of: 0, from: 2) == [1] && data.nextVisit(of: 0, from: 6).isEmpty)
    }
}
