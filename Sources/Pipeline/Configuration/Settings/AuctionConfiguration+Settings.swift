extension AuctionConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<AuctionConfiguration>] {
        [
            .count(
                "slots", \.slots, 1..., unit: "ads per visit",
                "S: ads shown per visit.",
                raising: "More purchases are among the shown ads, and the rankers' choices overlap more."),
            .choice(
                "pricing", \.pricing,
                "What an advertiser pays for a shown ad that is bought.",
                effect: "Changes revenue alone; which ads are shown, and advertiser value, stay the same."
            ) { choice in
                switch choice {
                case .firstPrice: "The bid."
                case .secondPrice: "The minimum bid that would have kept the slot."
                }
            },
            .count(
                "loggedSlates", \.loggedSlates, 1..., unit: "slates per visit",
                "Random slates logged per visit, for the second estimate by inverse propensities.",
                raising: "A steadier estimate; memory and time grow proportionally."),
            .number(
                "bidShare", \.bidShare, .above(0), unit: "share of the price",
                "Mean bid for a sale as a share of the item's price; categories bid between half and one and "
                    + "a half times that.",
                raising: "Revenue grows proportionally; the order of the ads stays the same."),
        ]
    }
}
