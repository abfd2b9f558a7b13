public import Foundation

/// What one call of the program cost: `run.json`. Kept apart from the results, which are the same bytes on
/// every run.
public struct RunCost: Codable, Sendable, Equatable, CustomStringConvertible {
    /// Wall time of this call; steps that were done before cost nothing again.
    public var seconds: Double
    /// Most memory that the process held.
    public var peakResidentGiB: Double
    /// Threads of one operation.
    public var threads: Int
    /// Processors of the machine.
    public var processors: Int

    /// The cost of this process since a moment.
    public init(since start: Date, threads: Int) {
        var usage = rusage()
        getrusage(0, &usage)  // RUSAGE_SELF, whose Swift type differs between C libraries
        seconds = Date().timeIntervalSince(start)
        peakResidentGiB = Double(usage.ru_maxrss) / 1024 / 1024
        self.threads = threads
        processors = ProcessInfo.processInfo.processorCount
    }

    /// For a reader.
    public var description: String {
        RunProgress.clock(seconds) + String(format: ", peak resident memory %.2f GiB", peakResidentGiB)
            + ", \(threads) threads on \(processors) processors"
    }
}
