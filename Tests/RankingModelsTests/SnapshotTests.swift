import Pipeline
import TestSupport
import Testing

@testable import RankingModels

@Suite("Features of several moments", .serialized) struct SnapshotTests {
    /// The small world's features, with the users in another order from a time on.
    private static func snapshots(from time: Int64) -> [EnhancedFeatures.Snapshot] {
        let first = SmallWorld.enhanced.snapshots[0]
        return [
            .init(time: 100, codes: first.codes, similarSequences: first.similarSequences),
            .init(
                time: time, codes: first.codes.reversed(), similarSequences: first.similarSequences.reversed()
            ),
        ]
    }

    private func features(_ snapshots: [EnhancedFeatures.Snapshot]) -> EnhancedFeatures {
        EnhancedFeatures(snapshots, codeCount: 3, codebook: "book")
    }

    @Test("a row reads the newest snapshot that is not after it") func newest() {
        let found = features(Self.snapshots(from: 150))
        #expect([99, 100, 149].map(found.snapshotIndex) == [0, 0, 0])
        #expect([150, 1000].map(found.snapshotIndex) == [1, 1])
    }

    @Test("a ranker scores each row with its snapshot's features, as rankers of either snapshot do")
    func scores() throws {
        let snapshots = Self.snapshots(from: 150)
        let both = features(snapshots)
        let ranker = try SmallWorld.trainer().train(
            SmallWorld.impressions(), enhanced: both, title: "snapshots", progress: RunProgress())
        let rows = [100, 149, 150, 180].flatMap { time in
            (0..<6).map { SmallWorld.row(user: $0, item: 4, time: Int64(time)) }
        }
        func scores(_ enhanced: EnhancedFeatures) throws -> [Double] {
            try Ranker(
                ranker.network, ranker.builder, correction: ranker.correction, enhanced: enhanced
            ).scores(rows).ctcvr
        }
        let found = try ranker.scores(rows).ctcvr
        let first = try scores(features([snapshots[0]]))
        let later = try scores(
            features([
                .init(
                    time: 100, codes: snapshots[1].codes, similarSequences: snapshots[1].similarSequences)
            ]))
        #expect(Array(found[..<12]) == Array(first[..<12]))
        #expect(Array(found[12...]) == Array(later[12...]))
        #expect(first != later)
    }

    @Test("training reads each impression's snapshot") func training() throws {
        func train(_ snapshots: [EnhancedFeatures.Snapshot]) throws -> [Double] {
            let ranker = try SmallWorld.trainer().train(
                SmallWorld.impressions(), enhanced: features(snapshots), title: "snapshots",
                progress: RunProgress())
            let frozen = try Ranker(
                ranker.network, ranker.builder, correction: ranker.correction,
                enhanced: features([snapshots[0]]))
            return try frozen.scores((0..<6).map { SmallWorld.row(user: $0, item: 4, time: 200) }).ctcvr
        }
        let snapshots = Self.snapshots(from: 150)
        // The impressions end at 195: a snapshot after them changes nothing, one among them does.
        #expect(try train(Self.snapshots(from: 196)) == train([snapshots[0]]))
        #expect(try train(snapshots) != train([snapshots[0]]))
    }

    @Test("snapshots that differ in their groups are refused") func groups() throws {
        let whole = SmallWorld.enhanced.snapshots[0]
        let wrong: [EnhancedFeatures.Snapshot] = [
            .init(time: 150, codes: whole.codes), .init(time: 150, similarSequences: whole.similarSequences),
            .init(
                time: 150, codes: Array(whole.codes.dropLast()), similarSequences: whole.similarSequences),
            .init(
                time: 150, codes: whole.codes.map { $0.map { $0 + 3 } },
                similarSequences: whole.similarSequences),
        ]
        for snapshot in wrong {
            #expect(throws: RankingModelError.self) {
                try features([whole, snapshot]).check(against: SmallWorld.data)
            }
        }
    }

    @Test("a row's time is kept whole", arguments: [0, -1, 1_514_764_800, 1 << 31, 1 << 33, -(1 << 40) - 7])
    func time(_ time: Int64) {
        var table = FeatureTable(rowWidth: FeatureTable.rowWidth(momentCount: 1), numbers: [])
        for shift in 0...1 {
            table.append(
                SmallWorld.row(item: 1, time: time + Int64(shift)), eventCount: 3, isClick: true, moments: [9]
            )
        }
        #expect(table.time(0) == time && table.time(1) == time + 1)
        #expect(table.eventCount(1) == 3 && table.isClick(1) && !table.isConversion(1))
        #expect(Array(table.moments(1)) == [9])
    }

    @Test("sequences end before their snapshot, and lend as many behaviours as are asked for")
    func sequences() {
        let features = (0..<Int32(SmallWorld.userCount)).map {
            UserFeature(
                user: $0, codes: [1, 2], similarUsers: [($0 + 1) % Int32(SmallWorld.userCount)],
                similarities: [1], codebook: "book")
        }
        let found = EnhancedFeatures(
            [.init(time: 100, features: features), .init(time: 160, features: features)], SmallWorld.data,
            before: 5, codeCount: nil, sequenceLength: 4)
        #expect(found.snapshots.map(\.time) == [100, 160] && found.codebook.isEmpty)
        for snapshot in found.snapshots {
            #expect(snapshot.codes.isEmpty)
            for user in 0..<SmallWorld.userCount {
                #expect(
                    snapshot.similarSequences[user]
                        == SmallWorld.data.recentItems(
                            of: Int32((user + 1) % SmallWorld.userCount), before: snapshot.time, atMost: 4))
            }
        }
        #expect(found.snapshots[0].similarSequences != found.snapshots[1].similarSequences)
    }
}
