import CTorch
import Foundation

extension Tensor {
    /// A tensor over memory that is not copied; two of the same memory see each other's writes. On another
    /// device than the processor it is a copy there.
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

/// Memory for many tensors that are made once and live together, such as a model's converted weights.
///
/// It is one stretch of large pages where the system has them: reading all weights for every token then waits
/// less for address translation.
public final class TensorArena {
    private let bytes: UnsafeMutableRawBufferPointer
    private var used = 0

    /// Room for `byteCount` bytes, as the system hands it out: taken when it is first written.
    ///
    /// - Throws: `TorchError.unexpected` when the system has no such room.
    public init(byteCount: Int) throws {
        let start = mmap(nil, max(1, byteCount), PROT_READ | PROT_WRITE, MAP_PRIVATE | Self.anonymous, -1, 0)
        guard let start, start != MAP_FAILED else {
            throw TorchError.unexpected(
                operation: "arena", expected: "\(byteCount) bytes of memory",
                found: String(cString: strerror(errno)))
        }
        bytes = UnsafeMutableRawBufferPointer(start: start, count: max(1, byteCount))
        #if os(Linux)
            // Advice: a system that does not take it hands out small pages.
            _ = madvise(start, bytes.count, MADV_HUGEPAGE)
        #endif
    }

    #if os(Linux)
        private static let anonymous = Int32(MAP_ANONYMOUS)
    #else
        private static let anonymous = MAP_ANON
    #endif

    deinit { munmap(bytes.baseAddress, bytes.count) }

    /// Bytes that tensors of these sizes take.
    public static func byteCount(of shapes: [[Int]], type: ElementType) -> Int {
        shapes.reduce(0) { $0 + rounded($1.reduce(1, *) * type.byteCount) }
    }

    /// A tensor that `fill` writes, in memory of the arena, which lives as long as it does.
    ///
    /// - Throws: `TorchError.unexpected` when the arena is full, and what `fill` throws.
    public func tensor(
        _ shape: [Int], type: ElementType, by fill: (UnsafeMutableRawBufferPointer) throws -> Void
    ) throws -> Tensor {
        let count = shape.reduce(1, *) * type.byteCount
        guard used + count <= bytes.count else {
            throw TorchError.unexpected(
                operation: "arena", expected: "room for \(count) bytes", found: "\(bytes.count - used)")
        }
        let memory = UnsafeMutableRawBufferPointer(rebasing: bytes[used..<used + count])
        used = min(bytes.count, used + Self.rounded(count))
        try fill(memory)
        return try Tensor.borrowing(memory, type: type, shape: shape, owner: self)
    }

    /// A multiple of a cache line, libtorch's own alignment.
    private static func rounded(_ count: Int) -> Int { (count + 63) / 64 * 64 }
}
