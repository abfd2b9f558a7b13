import CTorch

/// An n-dimensional array with reference semantics, as in libtorch.
///
/// Not `Sendable`: gradient mode and the graph belong to the thread that made them.
public final class Tensor {
    let handle: OpaquePointer

    /// Takes ownership of a handle that the shim made.
    init(owning handle: OpaquePointer) { self.handle = handle }

    deinit { ct_free(handle) }

    /// Sizes of the axes, outermost first.
    public var shape: [Int] { (0..<rank).map { Int(ct_size(handle, CInt($0))) } }
    /// Number of axes.
    public var rank: Int { Int(ct_rank(handle)) }
    /// Number of elements.
    public var count: Int { Int(ct_count(handle)) }

    /// The element type.
    public var elementType: ElementType {
        get throws {
            var type = CT_FLOAT32
            try check("type", [self], ct_type(handle, &type))
            return try ElementType(type)
        }
    }

    /// Tensors that exist now in this process; the leak test compares it before and after.
    public static var liveCount: Int { Int(ct_live_handles()) }
}

extension ElementType {
    var code: ct_dtype {
        switch self {
        case .float32: CT_FLOAT32
        case .float64: CT_FLOAT64
        case .float16: CT_FLOAT16
        case .bfloat16: CT_BFLOAT16
        case .int64: CT_INT64
        case .int32: CT_INT32
        case .uint8: CT_UINT8
        case .bool: CT_BOOL
        }
    }

    init(_ code: ct_dtype) throws {
        guard let match = Self.allCases.first(where: { $0.code == code }) else {
            throw TorchError.unexpected(operation: "element type", expected: "a known code", found: "\(code)")
        }
        self = match
    }
}
