import CTorch
public import Foundation

/// The GPUs of several processes, one each, which add up and copy tensors among themselves by NVIDIA's NCCL.
///
/// Calls are in the order of the GPU's other work, and every process makes the same ones.
public final class DeviceGroup: @unchecked Sendable {
    private let handle: OpaquePointer

    /// Whether NCCL is there; `TAIJI_NCCL` names its library, `off` leaves it alone.
    public static var isAvailable: Bool { ct_has_device_groups() }

    /// A name for a new group, which one process makes and all join by.
    ///
    /// - Throws: `TorchError` where NCCL fails.
    public static func identity() throws -> Data {
        var bytes = [UInt8](repeating: 0, count: Int(CT_DEVICE_GROUP_IDENTITY))
        try check("a group of GPUs", [], ct_device_group_identity(&bytes))
        return Data(bytes)
    }

    /// Joins, and waits for the others.
    ///
    /// - Parameters:
    ///   - rank: this process, from 0.
    ///   - size: number of processes.
    /// - Throws: `TorchError` where NCCL fails.
    public init(_ identity: Data, rank: Int, size: Int) throws {
        guard identity.count == Int(CT_DEVICE_GROUP_IDENTITY) else {
            throw TorchError.unexpected(
                operation: "joining a group of GPUs", expected: "a name of \(CT_DEVICE_GROUP_IDENTITY) bytes",
                found: "\(identity.count)")
        }
        var joined: OpaquePointer?
        try check(
            "a group of GPUs", [],
            ct_device_group_join(Array(identity), CInt(rank), CInt(size), &joined))
        guard let joined else {
            throw TorchError.unexpected(
                operation: "joining a group of GPUs", expected: "a group", found: "nothing")
        }
        handle = joined
    }

    deinit { ct_device_group_leave(handle) }

    /// Adds every process's contiguous float32 tensor into that of process `owner`.
    public func sum(_ tensor: Tensor, at owner: Int) throws {
        try check("ncclReduce", [tensor], ct_device_group_sum_at(handle, tensor.handle, CInt(owner)))
    }

    /// Overwrites every process's contiguous float32 tensor with that of process `owner`.
    public func share(_ tensor: Tensor, from owner: Int) throws {
        try check("ncclBroadcast", [tensor], ct_device_group_share(handle, tensor.handle, CInt(owner)))
    }
}
