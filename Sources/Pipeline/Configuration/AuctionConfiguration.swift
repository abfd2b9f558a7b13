/// The A/B simulation of Table 2: what each ranker would show in held-out visits, and what that earns.
public struct AuctionConfiguration: Codable, Sendable, Equatable {
    /// What an advertiser pays for a shown ad that is bought.
    public enum Pricing: String, Codable, Sendable, CaseIterable {
        /// The bid.
        case firstPrice
        /// The minimum bid that would have kept the slot.
        case secondPrice
    }

    /// S: ads shown per visit.
    public var slots = 10
    /// What an advertiser pays for a shown ad that is bought.
    public var pricing = Pricing.secondPrice
    /// Random slates logged per visit, for the second estimate by inverse propensities.
    public var loggedSlates = 20
    /// Mean bid for a sale as a share of the item's price; categories bid between half and one and a half
    /// times that.
    public var bidShare = 0.05

    /// The demo's values.
    public init() {}
}
