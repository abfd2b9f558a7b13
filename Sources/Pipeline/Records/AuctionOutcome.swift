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
    /// Advertiser value over the baseline's, less 1, with an interval over the same resampled users; nil for
    /// the baseline.
    public var advertiserLift: Estimate?
    /// The same of the revenue.
    public var revenueLift: Estimate?
    /// The second estimate, from a random policy's logs; nil when they hold nothing that the ranker would
    /// show.
    public var logged: LoggedOutcome?

    /// A record.
    public init(
        users: String, visits: Int, conversions: Int, advertiserValue: Double, revenue: Double,
        advertiserLift: Estimate?, revenueLift: Estimate?, logged: LoggedOutcome? = nil
    ) {
        self.users = users
        self.visits = visits
        self.conversions = conversions
        self.advertiserValue = advertiserValue
        self.revenue = revenue
        self.advertiserLift = advertiserLift
        self.revenueLift = revenueLift
        self.logged = logged
    }
}

/// What a ranker's choice of ads would have earned, by the logs of a random policy (self-normalized IPS).
public struct LoggedOutcome: Codable, Sendable, Equatable {
    /// Advertiser value of one shown ad, self-normalized.
    public var valuePerAd: Double
    /// Advertiser value over the number of logged ads, weighted and not normalized.
    public var inversePropensity: Double
    /// How many logged ads of equal weight the weighted ones are worth.
    public var effectiveSampleSize: Double
    /// `valuePerAd` over the baseline's, less 1; nil for the baseline.
    public var lift: Estimate?

    /// A record.
    public init(
        valuePerAd: Double, inversePropensity: Double, effectiveSampleSize: Double, lift: Estimate?
    ) {
        self.valuePerAd = valuePerAd
        self.inversePropensity = inversePropensity
        self.effectiveSampleSize = effectiveSampleSize
        self.lift = lift
    }
}

/// What one ranker's choice of ads came to for one user.
public struct AuctionUser: Codable, Sendable, Equatable {
    /// The ranker.
    public var arm: RankerArm
    /// Index of the user.
    public var user: Int32
    /// Whether the user's history is in the shorter half.
    public var isLongTail: Bool
    /// Visits that were simulated.
    public var visits: Int
    /// Shown ads that were bought.
    public var conversions: Int
    /// Their sales value.
    public var advertiserValue: Double
    /// What was charged for them.
    public var revenue: Double

    /// A record.
    public init(
        arm: RankerArm, user: Int32, isLongTail: Bool, visits: Int, conversions: Int, advertiserValue: Double,
        revenue: Double
    ) {
        self.arm = arm
        self.user = user
        self.isLongTail = isLongTail
        self.visits = visits
        self.conversions = conversions
        self.advertiserValue = advertiserValue
        self.revenue = revenue
    }
}
