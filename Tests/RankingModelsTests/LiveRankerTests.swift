import Pipeline
import TestSupport
import Testing

@testable import RankingModels

@Suite("Live ranker", .serialized) struct LiveRankerTests {
    /// A trained ranker, read again for live use, with every user as a service knows them.
    private func pair(
        enhanced: EnhancedFeatures = .none, change: (inout RankerConfiguration) -> Void = { _ in }
    ) throws -> (ranker: Ranker, live: LiveRanker, users: [LiveUser], catalogue: LiveCatalogue) {
        let ranker = try SmallWorld.trainer(change: change).train(
            SmallWorld.impressions(), enhanced: enhanced, title: "test ranker", progress: RunProgress())
        return try withTemporaryFolder { folder in
            try ranker.write(to: folder)
            let live = try LiveRanker(folder, context: SmallWorld.context)
            let (data, features) = (SmallWorld.data, enhanced.snapshots[0])
            let users = data.users.indices.map { user in
                LiveUser(
                    user: data.users[user], events: data.eventsOfUser[user],
                    codes: features.codes.isEmpty ? [] : features.codes[user],
                    similarItems: features.similarSequences.isEmpty ? [] : features.similarSequences[user])
            }
            return (ranker, live, users, LiveCatalogue(data.items, for: [live], events: SmallWorld.events()))
        }
    }

    private static let items = (0..<Int32(SmallWorld.itemCount)).map { $0 }

    private func candidates(at time: Int64) -> LiveCandidates {
        LiveCandidates(
            items: Self.items, contexts: Self.items.map { ["\($0 % 2)", "A"] }, time: time)
    }

    @Test("codes crossed with the candidate score as offline, and matter") func codeCrosses() throws {
        let known = SmallWorld.enhanced.snapshots[0]
        func enhanced(_ codes: [[Int]]) -> EnhancedFeatures {
            EnhancedFeatures(
                [.init(time: known.time, codes: codes, similarSequences: known.similarSequences)],
                codeCount: 3,
                codebook: "", crossesCodes: true)
        }
        let (ranker, live, users, catalogue) = try pair(enhanced: enhanced(known.codes))
        let items = (0..<Int32(SmallWorld.itemCount)).map { $0 }
        let contexts = items.map { _ in ["1", "A"] }
        for user in users.indices {
            let found = try live.scores(
                of: LiveCandidates(items: items, contexts: contexts, time: 200), for: users[user],
                in: catalogue)
            let wanted = try ranker.scores(
                items.map { RankingRow(user: Int32(user), item: $0, time: 200, context: ["1", "A"]) })
            #expect(zip(found.ctcvr, wanted.ctcvr).allSatisfy { abs($0 - $1) < 1e-6 })
        }
        // The same network without them is another; a saved one says that it crosses.
        let plain = EnhancedFeatures(
            [.init(time: known.time, codes: known.codes, similarSequences: known.similarSequences)],
            codeCount: 3, codebook: "")
        #expect(throws: RankingModelError.self) {
            try Ranker(ranker.network, ranker.builder, correction: ranker.correction, enhanced: plain)
        }
        let rows = Set((0..<300).flatMap { CodeCrosses.rows([0, 1, 2], category: $0) })
        #expect(rows.count > 880, "900 crosses fall on nearly as many rows")
        #expect(CodeCrosses.rows([1, 1], category: 5)[0] != CodeCrosses.rows([1, 1], category: 5)[1])
    }

    @Test(
        "scores are those of the ranker that scores tables",
        arguments: NetworkConfiguration.Pooling.allCases, [false, true])
    func scoresAreThoseOfTheTable(pooling: NetworkConfiguration.Pooling, isEnhanced: Bool) throws {
        let (ranker, live, users, catalogue) = try pair(enhanced: isEnhanced ? SmallWorld.enhanced : .none) {
            $0.network.pooling = pooling
        }
        for (index, user) in users.enumerated() {
            for time in [100, 150, 250] as [Int64] {
                let rows = zip(Self.items, candidates(at: time).contexts).map {
                    RankingRow(user: Int32(index), item: $0, time: time, context: $1)
                }
                let expected = try ranker.scores(rows)
                let found = try live.scores(of: candidates(at: time), for: user, in: catalogue)
                #expect(difference(found.ctr, expected.ctr) < Tolerance.float32)
                #expect(difference(found.ctcvr, expected.ctcvr) < Tolerance.float32)
            }
        }
    }

    @Test("a user without any behaviour is scored", arguments: NetworkConfiguration.Pooling.allCases)
    func noBehavior(pooling: NetworkConfiguration.Pooling) throws {
        let (ranker, live, users, catalogue) = try pair { $0.network.pooling = pooling }
        let time = try #require(users[2].events.first?.time)
        let expected = try ranker.scores(
            zip(Self.items, candidates(at: time).contexts).map {
                RankingRow(user: 2, item: $0, time: time, context: $1)
            })
        let found = try live.scores(of: candidates(at: time), for: users[2], in: catalogue)
        #expect(difference(found.ctcvr, expected.ctcvr) < Tolerance.float32)
        let nobody = LiveUser(user: User(id: "new", profile: "", attributes: [:], role: .other), events: [])
        let scores = try live.scores(of: candidates(at: time), for: nobody, in: catalogue)
        #expect(scores.ctcvr.allSatisfy { $0 > 0 && $0 < 1 })
    }

    @Test(
        "every kind of towers and cross layers scores alike",
        arguments: NetworkConfiguration.Towers.allCases, [0, 2])
    func towers(towers: NetworkConfiguration.Towers, crossLayers: Int) throws {
        let (ranker, live, users, catalogue) = try pair(enhanced: SmallWorld.enhanced) {
            ($0.network.towers, $0.network.crossLayers, $0.network.pooling) = (towers, crossLayers, .din)
        }
        let expected = try ranker.scores(
            zip(Self.items, candidates(at: 150).contexts).map {
                RankingRow(user: 1, item: $0, time: 150, context: $1)
            })
        let found = try live.scores(of: candidates(at: 150), for: users[1], in: catalogue)
        #expect(difference(found.ctr, expected.ctr) < Tolerance.float32)
        #expect(difference(found.ctcvr, expected.ctcvr) < Tolerance.float32)
    }

    @Test("a new behaviour changes the scores, one at the same moment does not")
    func newBehaviourIsSeen() throws {
        let (_, live, users, catalogue) = try pair()
        let before = try live.scores(of: candidates(at: 400), for: users[0], in: catalogue)
        var user = users[0]
        user.events.append(SmallWorld.event(user: 0, item: 3, time: 400))
        #expect(try live.scores(of: candidates(at: 400), for: user, in: catalogue) == before)
        #expect(try live.scores(of: candidates(at: 401), for: user, in: catalogue) != before)
    }

    @Test("an item that comes later is scored, and a changed one differently") func catalogueChanges() throws
    {
        var (_, live, users, catalogue) = try pair()
        let new = Item(
            id: "new", title: "new", categories: ["food", "second 1", "third 1"], brand: "", price: nil)
        #expect(catalogue["new"] == nil)
        let isNew = catalogue.put(new)
        #expect(isNew)
        #expect(catalogue["new"] == Int32(SmallWorld.itemCount))
        var wanted = candidates(at: 200)
        wanted.items = [Int32(SmallWorld.itemCount)]
        wanted.contexts = [["0", "A"]]
        let before = try live.scores(of: wanted, for: users[1], in: catalogue)
        var changed = new
        changed.categories = ["food", "second 2", "third 2"]
        let isNewAgain = catalogue.put(changed)
        #expect(!isNewAgain)
        #expect(try live.scores(of: wanted, for: users[1], in: catalogue) != before)
    }

    @Test("refuses unknown items, other columns and codes of another shape") func refuses() throws {
        let (_, live, users, catalogue) = try pair(enhanced: SmallWorld.enhanced)
        var wanted = candidates(at: 200)
        wanted.items[3] = 12
        #expect(throws: RankingModelError.unknown(what: "item", index: 12, count: 12)) {
            try live.scores(of: wanted, for: users[0], in: catalogue)
        }
        wanted = candidates(at: 200)
        wanted.contexts[2] = ["0"]
        #expect(throws: RankingModelError.context(count: 1, expected: ["display", "mailer"])) {
            try live.scores(of: wanted, for: users[0], in: catalogue)
        }
        var user = users[0]
        user.codes = [0, 3]
        #expect(throws: RankingModelError.features(expected: "2 codes in 0..<3", found: "[0, 3]")) {
            try live.scores(of: candidates(at: 200), for: user, in: catalogue)
        }
    }
}
