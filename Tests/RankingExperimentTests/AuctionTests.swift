import Evaluation
import Pipeline
import RankingModels
import TestSupport
import Testing

@testable import RankingExperiment

@Suite("Table 2, the A/B simulation") struct AuctionTests {
    private static func configuration(
        slots: Int, _ pricing: AuctionConfiguration.Pricing
    ) -> AuctionConfiguration {
        var configuration = AuctionConfiguration()
        configuration.slots = slots
        configuration.pricing = pricing
        return configuration
    }

    /// pCTCVR · bid: 0.02, 0.06, 0.03, 0.01; the second and the last are bought.
    private static let ctcvr = [0.01, 0.02, 0.03, 0.005]
    private static let auction = Auction(
        user: 0,
        ads: [
            .init(place: 0, bid: 2, value: 0), .init(place: 1, bid: 3, value: 5),
            .init(place: 2, bid: 1, value: 0), .init(place: 3, bid: 2, value: 7),
        ])

    @Test("the ads with the highest pCTCVR · bid are shown, and only bought ads pay")
    func adsAreRankedByValue() {
        let first = Self.auction.run(Self.ctcvr, Self.configuration(slots: 2, .firstPrice))
        #expect(first == .init(conversions: 1, advertiserValue: 5, revenue: 3))
        let all = Self.auction.run(Self.ctcvr, Self.configuration(slots: 9, .firstPrice))
        #expect(all == .init(conversions: 2, advertiserValue: 12, revenue: 5))
        // The second ad keeps its slot above 0.03 with a bid of 0.03 / 0.02; nobody is below the last.
        let second = Self.auction.run(Self.ctcvr, Self.configuration(slots: 9, .secondPrice))
        #expect(second.conversions == 2 && difference(second.revenue, 1.5 + 0) < 1e-12)
        #expect(
            Self.auction.run(Self.ctcvr, Self.configuration(slots: 1, .secondPrice)).revenue == second.revenue
        )
    }

    @Test("a second-price charge never exceeds the first price", arguments: 0..<20)
    func chargeNeverExceedsTheBid(seed: Int) {
        var random = TestRandom(seed: seed)
        let chances = random.values(12, in: 0.001...0.1)
        let ads = (0..<12).map { place in
            Auction.Ad(
                place: place, bid: random.values(1, in: 0.1...2)[0], value: place % 3 == 0 ? 4 : 0)
        }
        let auction = Auction(user: 0, ads: ads)
        let first = auction.run(chances, Self.configuration(slots: 5, .firstPrice))
        let second = auction.run(chances, Self.configuration(slots: 5, .secondPrice))
        #expect(first.conversions == second.conversions && first.advertiserValue == second.advertiserValue)
        #expect(second.revenue <= first.revenue + 1e-12, "seed \(seed)")
    }

    private static let items = [
        Item(id: "a", title: "A", categories: ["G", "milk"], brand: "", price: 2),
        Item(id: "b", title: "B", categories: ["G", "milk"], brand: "", price: 4),
        Item(id: "c", title: "C", categories: ["G", "bread"], brand: "", price: 2),
    ]

    @Test("bids are the share of the price, times 0.5 to 1.5, with one factor per category")
    func bidsFollowPrices() {
        let bids = Bids(share: 0.1)
        let found = Self.items.map(bids.bid)
        #expect(difference(found[1], 2 * found[0]) < 1e-12)
        #expect(found[2] != found[0])
        for (item, bid) in zip(Self.items, found) {
            #expect(bid >= 0.05 * (item.price ?? 1) && bid < 0.15 * (item.price ?? 1))
        }
    }

    /// Two users with a visit each; user 0 buys item 1 for 9, user 1 buys item 2 for 3.
    private static func simulation() -> ABSimulation {
        let users = ["u", "v"].map { User(id: $0, profile: "", attributes: [:], role: .other) }
        var rows: [Impression] = []
        for (user, basket, bought, value) in [(Int32(0), Int64(70), Int32(1), 9.0), (1, 71, 2, 3)] {
            for item in Int32(0)..<3 {
                rows.append(
                    Impression(
                        user: user, item: item, time: 10, basket: basket,
                        isClick: item == bought, isConversion: item == bought,
                        value: item == bought ? value : 0, period: .test))
            }
        }
        return ABSimulation(
            rows, RankingData(users: users, items: items, events: []),
            configuration(slots: 1, .firstPrice))
    }

    @Test("a ranker that knows what is bought sells it, one that does not sells nothing, per user")
    func knowingRankerSells() throws {
        let simulation = Self.simulation()
        let knows = simulation.run(simulation.rows.map { $0.isConversion ? 0.9 : 0.001 })
        #expect(knows.users == [0, 1] && knows.visits == [1, 1])
        #expect(knows.outcomes.map(\.advertiserValue) == [9, 3])
        let half = simulation.run(
            simulation.rows.map { $0.user == 0 && $0.isConversion ? 0.9 : $0.item == 0 ? 0.5 : 0.001 })
        #expect(half.outcomes.map(\.advertiserValue) == [9, 0])
        let bootstrap = Bootstrap(resampleCount: 200, seed: 1)
        let found = try #require(
            try simulation.outcome("all", of: knows, users: nil, against: half, bootstrap))
        #expect(found.visits == 2 && found.conversions == 2 && found.advertiserValue == 12)
        let lift = try #require(found.advertiserLift)
        #expect(difference(lift.value, 12.0 / 9 - 1) < 1e-12 && lift.lower == 0)
        let one = try #require(
            try simulation.outcome("one", of: knows, users: [1], against: half, bootstrap))
        #expect(one.visits == 1 && one.advertiserLift == nil, "nothing to compare with")
        #expect(try simulation.outcome("none", of: knows, users: [9], against: half, bootstrap) == nil)
        let same = try #require(
            try simulation.outcome("all", of: knows, users: nil, against: knows, bootstrap)?.advertiserLift)
        #expect(same.value == 0 && same.lower == 0 && same.upper == 0)
    }

    @Test("logged random slates estimate what a ranker's choice would earn")
    func randomLogsEstimateARanker() throws {
        let ads = (0..<20).map { place in
            Auction.Ad(place: place, bid: 1, value: place % 4 == 0 ? Double(place + 1) : 0)
        }
        let auctions = (0..<30).map { Auction(user: Int32($0 % 5), ads: ads) }
        var random = TestRandom(seed: 4)
        let ctcvr = random.values(20, in: 0.001...0.1)
        var configuration = Self.configuration(slots: 5, .firstPrice)
        configuration.loggedSlates = 400
        let truth = auctions[0].run(ctcvr, configuration).advertiserValue
        let logged = LoggedSlates(auctions, configuration, seed: 3).actions(auctions, ctcvr)
        #expect(logged.keys.sorted() == [0, 1, 2, 3, 4])
        let actions = logged.values
        let estimate = try SelfNormalizedEstimate(
            weights: actions.flatMap(\.weights), rewards: actions.flatMap(\.rewards))
        // Five slots a visit; a logged ad earns a fifth of what the visit does.
        #expect(abs(estimate.inversePropensity * 5 / truth - 1) < 0.03, "\(estimate) \(truth)")
        #expect(abs(estimate.selfNormalized * 5 / truth - 1) < 0.03)
        let chosen = actions.flatMap(\.weights).count { $0 > 0 }
        #expect(abs(estimate.effectiveSampleSize - Double(chosen)) < 1e-6)
        #expect(abs(Double(chosen) / Double(30 * 400 * 5) - 0.25) < 0.01, "a quarter of the ads is chosen")
    }

    @Test("segments are the half of users with shorter histories and the users who lack optional attributes")
    func segmentsSplitUsers() {
        let users = (0..<5).map { index in
            User(
                id: "\(index)", profile: "",
                attributes: index < 2 ? ["age": "30", "visits": "few"] : ["visits": "few"],
                role: .other)
        }
        // User u has u behaviours before time 9, and one after it.
        let events = (0..<5).flatMap { (user: Int) -> [Event] in
            let times: [Int64] = (0..<user).map { Int64($0) } + [20]
            return times.map { time in
                Event(user: Int32(user), item: 0, time: time, quantity: 1, value: 1, basket: Int64(user))
            }
        }
        let data = RankingData(users: users, items: Self.items, events: events)
        let found = UserSegment.all(data, before: 9)
        #expect(found.map(\.users) == [[0, 1], [2, 3, 4]])
    }
}
