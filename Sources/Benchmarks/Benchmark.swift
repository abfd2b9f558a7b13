public import Pipeline

/// What a step of a benchmark consists of.
public struct BenchmarkPlan: Sendable, Equatable {
    /// What the report calls the work.
    public let work: String
    /// Tokens that a step is worth; each work says which it counts.
    public internal(set) var tokensPerStep: Int
    /// Floating-point operations that a step needs; see `Arithmetic`.
    public let operationsPerStep: Double
    /// Shapes of the matrices, `[out, in]`, whose product sets the limit; see `MatrixProductRate`.
    public let matrixShapes: [[Int]]
    /// Further numbers for the report.
    public internal(set) var details: [String: Double] = [:]
}

/// Work that is repeated and timed.
public protocol Benchmark {
    /// What a step consists of.
    var plan: BenchmarkPlan { get }

    /// Does the work once, its parts timed as phases.
    mutating func step(_ timer: inout PhaseTimer) throws
}

extension Benchmark {
    /// Repeats the work and reports what it took.
    ///
    /// - Parameters:
    ///   - warmUp: steps before the timed ones, at least 0.
    ///   - steps: timed steps, at least 1.
    /// - Throws: `BenchmarkError`, and what the work throws.
    public mutating func measured(warmUp: Int, steps: Int) throws -> BenchmarkReport {
        try BenchmarkError.requirePositive(["steps": steps])
        guard warmUp >= 0 else { throw BenchmarkError.request("warmup is \(warmUp); expected at least 0") }
        var rate = MatrixProductRate(shapes: plan.matrixShapes)
        try rate.measure()
        var timers: [PhaseTimer] = []
        for index in 0..<warmUp + steps {
            var timer = PhaseTimer()
            try step(&timer)
            if index >= warmUp { timers.append(timer) }
        }
        let peak = try PeakMemory.resident()
        try rate.measure()
        return BenchmarkReport(plan, timers, matrixProductRate: rate.best, peakResidentBytes: peak)
    }
}
