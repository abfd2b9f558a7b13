import Evaluation
public import Pipeline
public import RankingModels

/// What rankings of the test window's visits earn, from scores that were made elsewhere, such as by a service
/// that the visits were played to. Table 2's simulation.
public struct AuctionReplay {
    /// Every promoted item of each visit.
    public let offers: [Impression]
    private let simulation: ABSimulation
    private let bootstrap: Bootstrap

    /// What one way to rank earned.
    public struct Arm: Codable, Sendable, Equatable {
        /// The arm.
        public var name: String
        /// CTCVR AUC over all offers; nil without both classes.
        public var auc: Double?
        /// What the shown ads earned, beside the first arm's.
        public var outcome: AuctionOutcome?
    }

    /// - Parameter visits: of the earliest visits; nil for all.
    /// - Throws: `RunError.file` for a table that cannot be read.
    public init(
        _ tables: ConstructedTables, _ data: RankingData, _ configuration: TaijiConfiguration,
        visits: Int? = nil
    ) throws {
        let all = try ImpressionFile(tables.auctions, data).all()
        let order = Set(
            Dictionary(grouping: all, by: \.basket).values.compactMap(\.first)
                .sorted { ($0.time, $0.basket) < ($1.time, $1.basket) }.prefix(visits ?? .max).map(\.basket))
        offers = all.filter { order.contains($0.basket) }
        simulation = ABSimulation(
            offers, data, configuration.rank.auction, seed: configuration.stream(.loggedSlates).state)
        bootstrap = Bootstrap(
            resampleCount: configuration.evaluate.replicates,
            seed: configuration.stream(.rankingBootstrap).state)
    }

    /// Compares ways to rank; lifts are over the first.
    ///
    /// - Parameter arms: each with pCTCVR of every offer.
    public func compare(_ arms: [(name: String, ctcvr: [Double])]) throws -> [Arm] {
        let labels = offers.map(\.isConversion)
        let results = arms.map { simulation.run($0.ctcvr) }
        return try zip(arms, results).enumerated().map { place, pair in
            let (arm, result) = pair
            return Arm(
                name: arm.name, auc: try areaUnderCurve(scores: arm.ctcvr, labels: labels),
                outcome: try simulation.outcome(
                    "all users", of: result, users: nil, against: place == 0 ? nil : results[0], bootstrap))
        }
    }
}
