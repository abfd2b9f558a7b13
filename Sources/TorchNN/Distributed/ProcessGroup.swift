import CMPI
public import Foundation
import Synchronization
public import Torch

/// The processes that train together, data-parallel: each computes its part of a batch, and gradients and
/// sums are added up.
///
/// A process that was not started by mpirun is a group of one, for which every operation does nothing.
public final class ProcessGroup: Sendable {
    /// A process by itself.
    public static let alone = ProcessGroup(rank: 0, size: 1, timeout: 0)

    /// This process, from 0. Process 0 writes what the run leaves.
    public let rank: Int
    /// Number of processes.
    public let size: Int
    /// Seconds that a process waits for the others before it gives up.
    public let timeout: Double
    /// The processes' GPUs, once some process had a tensor on one; nil where they cannot reach each other.
    private let devices = Mutex<DeviceGroup??>(nil)

    private init(rank: Int, size: Int, timeout: Double) {
        (self.rank, self.size, self.timeout) = (rank, size, timeout)
    }

    /// This process's place among those of its machine, which is the GPU that it takes.
    public var placeOnMachine: Int {
        let environment = ProcessInfo.processInfo.environment
        let names = ["OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID"]
        return names.lazy.compactMap { environment[$0].flatMap(Int.init) }.first ?? rank
    }

    /// Whether this process writes what the run leaves.
    public var isFirst: Bool { rank == 0 }

    /// Whether this process computes a part of a batch: they are dealt out in turn.
    public func computes(_ part: Int) -> Bool { part % size == rank }

    /// Joins the processes that mpirun started this one with.
    ///
    /// `TAIJI_MPI_TIMEOUT` is the longest wait in seconds; 1800 without it. When a process dies, mpirun ends
    /// the others at once.
    ///
    /// - Throws: `ProcessGroupError` when there are several processes and the program was built without MPI.
    public static func joined() throws -> ProcessGroup {
        let environment = ProcessInfo.processInfo.environment
        // Set by mpirun, by launchers that speak PMI, and by Slurm, which starts PMIx.
        let names =
            ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"] + (environment["PMIX_RANK"] == nil ? [] : ["SLURM_NTASKS"])
        guard names.contains(where: { environment[$0].flatMap(Int.init) ?? 1 > 1 }) else { return alone }
        let timeout = environment["TAIJI_MPI_TIMEOUT"].map { Double($0) ?? 0 } ?? 1800
        guard timeout > 0 else {
            throw ProcessGroupError(message: "TAIJI_MPI_TIMEOUT is no number of seconds above 0")
        }
        let farewell =
            "Error: this process was ended, as others of the run are when one fails or dies; see the first "
            + "error. Once that is mended,"
            + " the same command goes on from the last checkpoint, with as many processes or another number\n"
        try call(cm_start(farewell))
        return ProcessGroup(rank: Int(cm_rank()), size: Int(cm_size()), timeout: timeout)
    }

    /// Leaves the group; every process does before it ends.
    public func leave() throws { if size > 1 { try Self.call(cm_stop()) } }

    /// Whether the program was built with MPI.
    public static var isBuilt: Bool { cm_is_built() }

    /// The sums of every process's numbers, at every process.
    ///
    /// - Parameter patience: seconds to wait; nil for `timeout`.
    public func sum(_ values: [Double], patience: Double? = nil) throws -> [Double] {
        guard size > 1, !values.isEmpty else { return values }
        var values = values
        try Self.call(cm_sum(&values, Int64(values.count), patience ?? timeout))
        return values
    }

    /// Waits until every process is here.
    ///
    /// - Parameter patience: seconds to wait; nil for `timeout`.
    public func meet(patience: Double? = nil) throws { _ = try sum([0], patience: patience) }

    /// Adds every process's float32 tensor into that of process `owner`; the others' contents are then
    /// undefined. Those on GPUs are added up by NCCL where every process has it, else in the processor's
    /// memory.
    public func sum(_ tensor: Tensor, at owner: Int) throws {
        guard size > 1 else { return }
        if let devices = try devices(of: tensor) { return try devices.sum(tensor, at: owner) }
        try Self.withNearElements(tensor) { elements in
            guard let start = elements.baseAddress else { return }
            try Self.call(cm_sum_at(start, Int64(elements.count), Int32(owner), timeout))
        }
    }

    /// Overwrites every process's tensor with that of process `owner`.
    public func share(_ tensor: Tensor, from owner: Int) throws {
        guard size > 1 else { return }
        if let devices = try devices(of: tensor) { return try devices.share(tensor, from: owner) }
        try Self.withNearElements(tensor) { elements in
            guard let start = elements.baseAddress else { return }
            try Self.call(
                cm_share(start, Int64(elements.count * MemoryLayout<Float>.size), Int32(owner), timeout))
        }
    }

    /// The GPUs that a tensor's sums may go through; every process asks for the same tensors in turn.
    private func devices(of tensor: Tensor) throws -> DeviceGroup? {
        guard !tensor.hasKernels else { return nil }
        return try devices.withLock { known in
            if let known { return known }
            var joined: DeviceGroup?
            if try sum([DeviceGroup.isAvailable ? 1 : 0])[0] == Double(size) {
                let names = try gather(isFirst ? DeviceGroup.identity() : Data())
                joined = try DeviceGroup(names[0], rank: rank, size: size)
            }
            known = .some(joined)
            return joined
        }
    }

    /// Every process's bytes, in the order of the processes, at every process.
    public func gather(_ data: Data) throws -> [Data] {
        guard size > 1 else { return [data] }
        var counts = Array(repeating: 0.0, count: size)
        counts[rank] = Double(data.count)
        return try sum(counts).enumerated().map { owner, count in
            var bytes = owner == rank ? data : Data(count: Int(count))
            try bytes.withUnsafeMutableBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                try Self.call(cm_share(start, Int64(bytes.count), Int32(owner), timeout))
            }
            return bytes
        }
    }

    /// The elements in the processor's memory, where MPI reads and writes them; those of another device go
    /// there and come back.
    private static func withNearElements(
        _ tensor: Tensor, _ body: (UnsafeMutableBufferPointer<Float>) throws -> Void
    ) throws {
        guard !tensor.hasKernels else { return try tensor.withMutableElements(Float.self, body) }
        let near = try tensor.on(.cpu).clone()
        try near.withMutableElements(Float.self, body)
        try withoutGrad { try tensor.copy(from: near) }
    }

    private static func call(_ status: Int32) throws {
        guard status == 0 else { throw ProcessGroupError(message: String(cString: cm_last_error())) }
    }
}

/// What went wrong between processes.
public struct ProcessGroupError: Error, Sendable, CustomStringConvertible {
    /// The call, and what happened.
    public let message: String

    /// The message for a user.
    public var description: String { "the processes cannot go on together: \(message)" }
}
