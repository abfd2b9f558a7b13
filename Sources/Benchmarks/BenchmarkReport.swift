import Pipeline
import Torch

/// What a benchmark found, in the form in which `taiji bench` prints it.
public struct BenchmarkReport: Encodable, Sendable {
    /// Shortest and longest timed step.
    public struct Spread: Encodable, Sendable, Equatable {
        /// Seconds.
        public let minimum: Double
        /// Seconds.
        public let maximum: Double
    }

    /// The work.
    public let work: String
    /// Threads of one operation.
    public let threads: Int
    /// Timed steps.
    public let steps: Int
    /// Tokens of a step over the median time of a step.
    public let tokensPerSecond: Double
    /// Median over the steps, under `total` and under the name of each phase. Medians do not add up exactly.
    public let secondsPerStep: [String: Double]
    /// How far the steps' totals lie apart.
    public let secondsPerStepRange: Spread
    /// The most memory that the process held up to the last step, loading included.
    public let peakResidentGiB: Double
    /// Rate of matrix products in this process; see `MatrixProductRate`.
    public let matmulGFLOPS: Double
    /// Operations that a step needs, in units of 10⁹; see `Arithmetic`.
    public let gigaOperationsPerStep: Double
    /// The part of the step's median time that its operations would take at `matmulGFLOPS`.
    public let fractionOfLimit: Double
    /// Further numbers of the work.
    public let details: [String: Double]

    /// - Parameters:
    ///   - timers: one a step, at least one.
    ///   - matrixProductRate: operations a second.
    init(_ plan: BenchmarkPlan, _ timers: [PhaseTimer], matrixProductRate: Double, peakResidentBytes: Int) {
        let totals = timers.map(\.total)
        let total = Self.median(totals)
        var seconds = ["total": total]
        for phase in Set(timers.flatMap(\.seconds.keys)) {
            seconds[phase] = Self.median(timers.map { $0.seconds[phase] ?? 0 })
        }
        work = plan.work
        threads = TorchRuntime.threadCount
        steps = timers.count
        tokensPerSecond = Double(plan.tokensPerStep) / total
        secondsPerStep = seconds
        secondsPerStepRange = Spread(minimum: totals.min() ?? total, maximum: totals.max() ?? total)
        peakResidentGiB = Double(peakResidentBytes) / 0x1p30
        matmulGFLOPS = matrixProductRate / 1e9
        gigaOperationsPerStep = plan.operationsPerStep / 1e9
        fractionOfLimit = plan.operationsPerStep / matrixProductRate / total
        details = plan.details
    }

    /// The middle number, or the mean of the two in the middle; 0 of none.
    static func median(_ numbers: [Double]) -> Double {
        let sorted = numbers.sorted()
        guard !sorted.isEmpty else { return 0 }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
