extension AuctionConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<AuctionConfiguration>] {
        [
            .count(
                "slots", \.slots, 1..., unit: "ads per visit",
                "S, ads a visit is shown.",
                raising: "More ads are shown, and rankers differ less."),
            .choice(
                "pricing", \.pricing,
                "How shown ads are charged.",
                effect: ""
            ) { choice in
                switch choice {
                case .firstPrice: "The bid."
                case .secondPrice: "The least bid that would have kept the slot."
                }
            },
            .count(
                "loggedSlates", \.loggedSlates, 1..., unit: "slates per visit",
                "Random slates that are logged for each visit, for the second estimate by inverse "
                    + "propensities.",
                raising: "A steadier estimate by inverse propensities, more memory."),
            .number(
                "bidShare", \.bidShare, .above(0), unit: "share of the price",
                "Mean share of its price that an advertiser bids for a sale. A category bids "
                    + "between half and one and a half times that.",
                raising: "Revenue grows proportionally; orders of ads stay."),
        ]
    }
}
