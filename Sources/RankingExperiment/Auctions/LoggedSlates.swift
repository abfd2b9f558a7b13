import Evaluation
import Pipeline

/// Slates that a uniformly random policy showed in each visit: logs from which any ranker's choice can be
/// estimated without having been shown, as on a platform that cannot know what was not shown.
///
/// A visit of n ads with S slots shows each ad with probability S/n, so a shown ad that the ranker would show
/// too weighs n/S. What a shown ad earns does not depend on the others here (a visit bought it or not), so
/// ads are weighed one by one.
struct LoggedSlates {
    /// Places of the ads that were shown, slate after slate, `[auctions][slates · S]`.
    private let shown: [[Int]]
    private let slots: Int

    /// - Parameter seed: the same seed gives the same logs.
    init(_ auctions: [Auction], _ configuration: AuctionConfiguration, seed: UInt64) {
        slots = configuration.slots
        shown = auctions.enumerated().map { index, auction in
            var generator = SeededGenerator(seed: seed, path: index)
            return (0..<configuration.loggedSlates).flatMap { _ in
                auction.ads.indices.shuffled(using: &generator).prefix(configuration.slots)
            }
        }
    }

    /// Weights and rewards of one user's logged ads.
    struct Actions {
        var weights: [Double] = []
        var rewards: [Double] = []
    }

    /// Every logged ad under a ranker's choice, by user: its weight and the advertiser value that it earned.
    func actions(_ auctions: [Auction], _ ctcvr: [Double]) -> [Int32: Actions] {
        var found: [Int32: Actions] = [:]
        for (auction, shown) in zip(auctions, shown) {
            let chosen = Set(auction.order(ctcvr).prefix(slots))
            let weight = max(1, Double(auction.ads.count) / Double(slots))
            for ad in shown {
                found[auction.user, default: Actions()].weights.append(chosen.contains(ad) ? weight : 0)
                found[auction.user, default: Actions()].rewards.append(auction.ads[ad].value)
            }
        }
        return found
    }
}
