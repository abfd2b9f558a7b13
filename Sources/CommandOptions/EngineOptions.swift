public import ArgumentParser
public import Pipeline
import Torch

extension ComputeDevice: ExpressibleByArgument {
    /// Makes this the process's device.
    public func use() throws { try (Device(rawValue: rawValue) ?? .cpu).use() }
}

extension GenerationWeights: ExpressibleByArgument {}

/// Flags that every tool has.
public struct EngineOptions: ParsableArguments {
    /// Threads of one operation.
    @Option(help: "Threads of one operation.")
    public var threads = 2

    /// Where to compute.
    @Option(help: "Where to compute: cpu, cuda or mps.")
    public var device = ComputeDevice.cpu

    /// The defaults.
    public init() {}

    /// - Throws: `ValidationError` for no threads.
    public func validate() throws {
        guard threads > 0 else { throw ValidationError("--threads is \(threads); expected at least 1") }
    }

    /// Prepares libtorch for this process.
    public func prepare() throws {
        try TorchRuntime.setThreadCount(threads)
        TorchRuntime.keepFreedMemory()
        try device.use()
    }
}
