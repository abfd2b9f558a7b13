import Evaluation
import Pipeline
import RankingModels

/// The A/B simulation (Table 2): each ranker fills the slots of the same held-out visits, and what the visits
/// bought says what came of it. Nothing is estimated: every promoted product of a visit is known to be bought
/// or not.
struct ABSimulation {
    /// One row an ad, visit by visit.
    let rows: [Impression]
    private let auctions: [Auction]
    private let logs: LoggedSlates
    private let configuration: AuctionConfiguration

    /// - Parameters:
    ///   - rows: every promoted item of each visit.
    ///   - seed: of the slates that a random policy logged.
    init(
        _ rows: [Impression], _ data: RankingData, _ configuration: AuctionConfiguration, seed: UInt64 = 0
    ) {
        self.rows = rows
        self.configuration = configuration
        let bids = Bids(share: configuration.bidShare)
        let byVisit = Dictionary(grouping: rows.indices) { rows[$0].basket }
        let auctions: [Auction] = byVisit.keys.sorted().compactMap { basket in
            guard let places = byVisit[basket], let first = places.first else { return nil }
            return Auction(
                user: rows[first].user,
                ads: places.map { place in
                    let row = rows[place]
                    return Auction.Ad(
                        place: place, bid: bids.bid(for: data.items[Int(row.item)]),
                        value: row.isConversion ? max(0, row.value) : 0)
                })
        }
        self.auctions = auctions
        logs = LoggedSlates(auctions, configuration, seed: seed)
    }

    /// Sums by user, for pairing.
    struct Result {
        let users: [Int32]
        let visits: [Int]
        let outcomes: [Auction.Outcome]
        /// Of the logged slates.
        let logged: [LoggedSlates.Actions]
    }

    /// - Parameter ctcvr: a ranker's predictions of `rows`.
    func run(_ ctcvr: [Double]) -> Result {
        var (visits, sums): ([Int32: Int], [Int32: Auction.Outcome]) = ([:], [:])
        for auction in auctions {
            let outcome = auction.run(ctcvr, configuration)
            visits[auction.user, default: 0] += 1
            sums[auction.user, default: .init()].conversions += outcome.conversions
            sums[auction.user, default: .init()].advertiserValue += outcome.advertiserValue
            sums[auction.user, default: .init()].revenue += outcome.revenue
        }
        let users = visits.keys.sorted()
        let logged = logs.actions(auctions, ctcvr)
        return Result(
            users: users, visits: users.map { visits[$0] ?? 0 },
            outcomes: users.map { sums[$0] ?? .init() }, logged: users.map { logged[$0] ?? .init() })
    }

    /// What a ranker's choice came to for some users, beside the baseline's.
    ///
    /// - Parameter users: nil for all.
    func outcome(
        _ name: String, of result: Result, users: Set<Int32>?, against reference: Result?,
        _ bootstrap: Bootstrap
    ) throws -> AuctionOutcome? {
        let own = result.users.indices.filter { users?.contains(result.users[$0]) ?? true }
        guard !own.isEmpty else { return nil }
        func total(_ value: (Auction.Outcome) -> Double) -> Double {
            own.reduce(0) { $0 + value(result.outcomes[$1]) }
        }
        func lift(_ value: (Auction.Outcome) -> Double) throws -> Estimate? {
            guard let reference else { return nil }
            return try bootstrap.lift(
                of: own.map { value(result.outcomes[$0]) }, over: own.map { value(reference.outcomes[$0]) }
            ).map(Estimate.init)
        }
        return try AuctionOutcome(
            users: name, visits: own.reduce(0) { $0 + result.visits[$1] },
            conversions: own.reduce(0) { $0 + result.outcomes[$1].conversions },
            advertiserValue: total(\.advertiserValue), revenue: total(\.revenue),
            advertiserLift: lift(\.advertiserValue), revenueLift: lift(\.revenue),
            logged: loggedOutcome(
                own.map { result.logged[$0] }, against: reference.map { all in own.map { all.logged[$0] } },
                bootstrap))
    }

    /// The estimate from the random policy's logs; nil when they hold nothing that the ranker would show.
    private func loggedOutcome(
        _ own: [LoggedSlates.Actions], against reference: [LoggedSlates.Actions]?, _ bootstrap: Bootstrap
    ) throws -> LoggedOutcome? {
        let weights = own.flatMap(\.weights)
        guard weights.contains(where: { $0 > 0 }) else { return nil }
        let estimate = try SelfNormalizedEstimate(weights: weights, rewards: own.flatMap(\.rewards))
        return LoggedOutcome(
            valuePerAd: estimate.selfNormalized, inversePropensity: estimate.inversePropensity,
            effectiveSampleSize: estimate.effectiveSampleSize,
            lift: try loggedLift(own.map(sums), over: reference?.map(sums), bootstrap))
    }

    private typealias Sums = (earned: Double, weight: Double)

    private func sums(_ actions: LoggedSlates.Actions) -> Sums {
        (
            zip(actions.weights, actions.rewards).reduce(0) { $0 + $1.0 * $1.1 },
            actions.weights.reduce(0, +)
        )
    }

    /// Value per ad over the reference's, less 1; nil without a reference, or where its logs hold no value at
    /// all.
    private func loggedLift(
        _ mine: [Sums], over theirs: [Sums]?, _ bootstrap: Bootstrap
    ) throws -> Estimate? {
        func mean(_ sums: [Sums], _ multiplicity: [Int]?) -> Double? {
            var (earned, weight) = (0.0, 0.0)
            for (unit, sum) in sums.enumerated() {
                let times = Double(multiplicity?[unit] ?? 1)
                earned += times * sum.earned
                weight += times * sum.weight
            }
            return weight > 0 ? earned / weight : nil
        }
        guard let theirs, let reference = mean(theirs, nil), reference > 0 else { return nil }
        return Estimate(
            try bootstrap.interval(unitCount: mine.count) { multiplicity in
                guard let first = mean(mine, multiplicity), let second = mean(theirs, multiplicity),
                    second > 0
                else { return nil }
                return first / second - 1
            })
    }

    /// One record per user, for pooling with other runs.
    func records(_ arm: RankerArm, _ result: Result, longTail: Set<Int32>) -> [AuctionUser] {
        result.users.indices.map { place in
            AuctionUser(
                arm: arm, user: result.users[place], isLongTail: longTail.contains(result.users[place]),
                visits: result.visits[place], conversions: result.outcomes[place].conversions,
                advertiserValue: result.outcomes[place].advertiserValue,
                revenue: result.outcomes[place].revenue)
        }
    }
}
