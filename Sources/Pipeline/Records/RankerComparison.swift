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
        /// `CTR` or `CTCVR`.
        public var task: String
        /// `auc`, `gauc` or `logLoss`.
        public var metric: String
        /// On the test impressions; intervals over users.
        public var estimate: Estimate
        /// Difference to the baseline on the same resampled users; nil for the baseline.
        public var difference: Estimate?

        /// A row.
        public init(task: String, metric: String, estimate: Estimate, difference: Estimate?) {
            self.task = task
            self.metric = metric
            self.estimate = estimate
            self.difference = difference
        }
    }

    /// One ranker.
    public struct Arm: Codable, Sendable, Equatable {
        /// Which feature groups it reads.
        public var name: String
        /// AUC, GAUC and log-loss of both tasks.
        public var metrics: [Metric]

        /// An arm.
        public init(name: String, metrics: [Metric]) {
            self.name = name
            self.metrics = metrics
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
