import Pipeline

/// The ads that one held-out visit could be shown, with what each advertiser bids and what the visit bought.
/// Table 2.
struct Auction {
    /// One ad.
    struct Ad {
        /// Place of its prediction among all auctions' ads.
        let place: Int
        /// What its advertiser pays at most for a sale.
        let bid: Double
        /// Sales value if the visit bought the item; 0 otherwise.
        let value: Double
    }

    let user: Int32
    let ads: [Ad]

    /// What came of showing some ads.
    struct Outcome: Equatable {
        var conversions = 0
        var advertiserValue = 0.0
        var revenue = 0.0
    }

    /// The ads by pCTCVR · bid, the first ones of which are shown.
    ///
    /// - Parameter ctcvr: predictions of all auctions' ads.
    func order(_ ctcvr: [Double]) -> [Int] {
        let scores = ads.map { ctcvr[$0.place] * $0.bid }
        // Ties by the ad's place, so that a run repeats.
        return ads.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    }

    /// Fills the slots by pCTCVR · bid and charges for the ads that were bought.
    ///
    /// Under the second price an ad pays what would just have kept its slot: the next ad's pCTCVR · bid over
    /// its own pCTCVR.
    ///
    /// - Parameter ctcvr: predictions of all auctions' ads.
    func run(_ ctcvr: [Double], _ configuration: AuctionConfiguration) -> Outcome {
        let order = self.order(ctcvr)
        var outcome = Outcome()
        for (slot, index) in order.prefix(configuration.slots).enumerated() where ads[index].value > 0 {
            let ad = ads[index]
            let follower = slot + 1 < order.count ? ads[order[slot + 1]] : nil
            let next = follower.map { ctcvr[$0.place] * $0.bid } ?? 0
            outcome.conversions += 1
            outcome.advertiserValue += ad.value
            switch configuration.pricing {
            case .firstPrice: outcome.revenue += ad.bid
            case .secondPrice:
                let chance = ctcvr[ad.place]
                outcome.revenue += chance > 0 ? min(ad.bid, next / chance) : ad.bid
            }
        }
        return outcome
    }
}

/// What advertisers bid for a sale: a share of the item's price that depends on its category.
///
///     bid = price · share · (½ + h),   h ∈ [0, 1) drawn by the category's name
///
/// Logs seldom have bids; these make items of one price differ by category, the same in every run. Where no
/// price is known, every item has the price 1.
struct Bids {
    let share: Double

    func bid(for item: Item) -> Double {
        let name = item.categories.count > 1 ? item.categories[1] : item.categories.first ?? ""
        // FNV-1a, whose high bits serve as the draw.
        let hash = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return (item.price ?? 1) * share * (0.5 + Double(hash >> 11) * 0x1p-53)
    }
}
