/// What one ranker's choice of ads came to in the A/B simulation (Table 2), over some users' visits.
public struct AuctionOutcome: Codable, Sendable, Equatable {
    /// Which users.
    public var users: String
    /// Visits that were simulated.
    public var visits: Int
    /// Shown ads that were bought.
    public var conversions: Int
    /// Their sales value.
    public var advertiserValue: Double
    /// What was charged for them.
    public var revenue: Double
    /// Advertiser value over the baseline's, less 1, with an interval over the same resampled users; nil for the baseline.
    public var advertiserLift: Estimate?
    /// The same of the revenue.
    public var revenueLift: Estimate?

    /// A record.
    public init(
        users: String, visits: Int, conversions: Int, advertiserValue: Double, revenue: Double,
        advertiserLift: Estimate?, revenueLift: Estimate?
    ) {
        self.users = users
        self.visits = visits
        self.conversions = conversions
        self.advertiserValue = advertiserValue
        self.revenue = revenue
        self.advertiserLift = advertiserLift
        self.revenueLift = revenueLift
    }
}
