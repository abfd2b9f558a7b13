/// The A/B simulation of Table 2: what each ranker would show in held-out visits, and what comes of it.
public struct AuctionConfiguration: Codable, Sendable, Equatable {
    /// What an advertiser pays for a shown ad that is bought.
    public enum Pricing: String, Codable, Sendable, CaseIterable {
        /// The bid.
        case firstPrice
        /// The least bid that would have kept the slot.
        case secondPrice
    }

    /// S, ads a visit is shown.
    public var slots = 10
    /// How shown ads are charged.
    public var pricing = Pricing.secondPrice
    /// Random slates that are logged for each visit, for the second estimate by inverse propensities.
    public var loggedSlates = 20
    /// Mean share of its price that an advertiser bids for a sale. A category bids between half and one and a
    /// half times that.
    public var bidShare = 0.05

    /// The demo's values.
    public init() {}
}
