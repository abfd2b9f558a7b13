import CTorch

extension Tensor {
    /// A tensor over memory that is not copied; two of the same memory see each other's writes.
    ///
    /// Memory that is not aligned to the element is copied, since libtorch's kernels expect it so.
    ///
    /// - Parameters:
    ///   - bytes: `shape`'s elements, row-major.
    ///   - owner: what the memory lives as long as; held until the last tensor over the memory is gone.
    /// - Throws: `TorchError.unexpected` when the bytes do not fill `shape`.
    public static func borrowing(
        _ bytes: UnsafeMutableRawBufferPointer, type: ElementType, shape: [Int], owner: AnyObject
    ) throws -> Tensor {
        let needed = shape.reduce(1, *) * type.byteCount
        guard let start = bytes.baseAddress, bytes.count == needed, needed > 0,
            UInt(bitPattern: start) % UInt(type.byteCount) == 0
        else { return try from(UnsafeRawBufferPointer(bytes), type: type, shape: shape) }
        let held = Unmanaged.passRetained(owner).toOpaque()
        return try make("from_borrowed") {
            ct_from_borrowed(
                start, type.code, shape.sizes, CInt(shape.count),
                { Unmanaged<AnyObject>.fromOpaque($0).release() }, held, $0)
        }
    }

    /// A tensor whose elements `fill` writes, all of them, row-major.
    public static func filled(
        _ shape: [Int], type: ElementType, by fill: (UnsafeMutableRawBufferPointer) throws -> Void
    ) throws -> Tensor {
        let memory = OwnedMemory(byteCount: shape.reduce(1, *) * type.byteCount)
        try fill(memory.bytes)
        return try borrowing(memory.bytes, type: type, shape: shape, owner: memory)
    }
}

/// Memory that is freed with the last reference.
private final class OwnedMemory {
    let bytes: UnsafeMutableRawBufferPointer

    /// A cache line is libtorch's own alignment.
    init(byteCount: Int) { bytes = .allocate(byteCount: byteCount, alignment: 64) }

    deinit { bytes.deallocate() }
}
