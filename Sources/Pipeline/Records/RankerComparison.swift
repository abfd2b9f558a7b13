/// An estimate with its 95 % interval.
public struct Estimate: Codable, Sendable, Equatable {
    /// The value on the whole sample.
    public var value: Double
    /// Lower end.
    public var lower: Double
    /// Upper end.
    public var upper: Double

    /// An estimate.
    public init(value: Double, lower: Double, upper: Double) {
        self.value = value
        self.lower = lower
        self.upper = upper
    }
}

/// How the rankers of stage 4 do on impressions of the test window.
public struct RankerComparison: Codable, Sendable, Equatable {
    /// A metric of one task.
    public struct Metric: Codable, Sendable, Equatable {
        /// `CTR`, `CVR` (on clicks) or `CTCVR` (on all impressions).
        public var task: String
        /// `auc`, `gauc`, `logLoss`, `calibration` (predicted over observed) or `calibrationError`.
        public var metric: String
        /// On the test impressions; intervals over users.
        public var estimate: Estimate
        /// Difference to the arm's reference on the same resampled users; nil for the baseline.
        public var difference: Estimate?
        /// The difference seed by seed; absent with one.
        public var seeds: [Double]?

        /// A row.
        public init(
            task: String, metric: String, estimate: Estimate, difference: Estimate?, seeds: [Double]? = nil
        ) {
            self.task = task
            self.metric = metric
            self.estimate = estimate
            self.difference = difference
            self.seeds = seeds
        }
    }

    /// One ranker.
    public struct Arm: Codable, Sendable, Equatable {
        /// Which feature groups it reads.
        public var arm: RankerArm
        /// As a table's row.
        public var name: String { arm.title }
        /// Of all test impressions.
        public var metrics: [Metric]
        /// AUC and GAUC of those of some users.
        public var segments: [Segment]
        /// What its choice of ads came to, for all users and each segment; empty without auctions.
        public var auctions: [AuctionOutcome]
        /// By how much the arm that has what this one lacks (`RankerArm.counterpart`) is larger, in AUC and
        /// GAUC of CTCVR; absent where that is no question.
        public var bothOver: [Metric]?

        /// An arm.
        public init(
            arm: RankerArm, metrics: [Metric], segments: [Segment], auctions: [AuctionOutcome],
            bothOver: [Metric]? = nil
        ) {
            self.arm = arm
            self.metrics = metrics
            self.segments = segments
            self.auctions = auctions
            self.bothOver = bothOver
        }
    }

    /// The metrics of some users' impressions.
    public struct Segment: Codable, Sendable, Equatable {
        /// Which users.
        public var name: String
        /// How many of them have test impressions.
        public var users: Int
        /// Their metrics.
        public var metrics: [Metric]
        /// How much larger the arm's gain in CTCVR AUC is on these users than on all; absent for an arm that
        /// is compared with none.
        public var gainOverAll: Estimate?

        /// A segment.
        public init(name: String, users: Int, metrics: [Metric], gainOverAll: Estimate? = nil) {
            self.name = name
            self.users = users
            self.metrics = metrics
            self.gainOverAll = gainOverAll
        }
    }

    /// Impressions that trained each ranker.
    public var trainingImpressions: Int
    /// Impressions that tested them.
    public var testImpressions: Int
    /// Conversions among those.
    public var testConversions: Int
    /// The rankers.
    public var arms: [Arm]

    /// A comparison.
    public init(trainingImpressions: Int, testImpressions: Int, testConversions: Int, arms: [Arm]) {
        self.trainingImpressions = trainingImpressions
        self.testImpressions = testImpressions
        self.testConversions = testConversions
        self.arms = arms
    }
}
