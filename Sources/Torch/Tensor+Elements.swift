import CTorch

/// A Swift number that is stored as it is in a tensor.
public protocol TensorElement: BitwiseCopyable, Sendable {
    /// The tensor's element type for `Self`.
    static var elementType: ElementType { get }
}

extension Float: TensorElement {
    /// The tensor element type of this number.
    public static var elementType: ElementType { .float32 }
}
extension Double: TensorElement {
    /// The tensor element type of this number.
    public static var elementType: ElementType { .float64 }
}
extension Int64: TensorElement {
    /// The tensor element type of this number.
    public static var elementType: ElementType { .int64 }
}
extension Int32: TensorElement {
    /// The tensor element type of this number.
    public static var elementType: ElementType { .int32 }
}
extension UInt8: TensorElement {
    /// The tensor element type of this number.
    public static var elementType: ElementType { .uint8 }
}
extension Bool: TensorElement {
    /// The tensor element type of this number.
    public static var elementType: ElementType { .bool }
}

extension Tensor {
    /// A tensor that copies `elements`, row-major.
    ///
    /// - Throws: `TorchError.unexpected` when the count does not fill `shape`.
    public static func from<Element: TensorElement>(_ elements: [Element], shape: [Int]) throws -> Tensor {
        try elements.withUnsafeBytes { try from($0, type: Element.elementType, shape: shape) }
    }

    /// A tensor that copies raw bytes of `type`, row-major.
    public static func from(_ bytes: UnsafeRawBufferPointer, type: ElementType, shape: [Int]) throws -> Tensor
    {
        let needed = shape.reduce(1, *) * type.byteCount
        guard bytes.count == needed else {
            throw TorchError.unexpected(
                operation: "tensor of shape \(shape)", expected: "\(needed) bytes of \(type)",
                found: "\(bytes.count)")
        }
        // An empty array has no address; libtorch reads nothing from this one.
        let address = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 16)
        guard let address else {
            throw TorchError.unexpected(operation: "from", expected: "bytes", found: "none")
        }
        return try make("from") { ct_from_bytes(address, type.code, shape.sizes, CInt(shape.count), $0) }
    }

    /// A tensor of one value everywhere.
    public static func full(_ shape: [Int], _ value: Double, type: ElementType = .float32) throws -> Tensor {
        try make("full") { ct_full(value, type.code, shape.sizes, CInt(shape.count), $0) }
    }

    /// A float32 tensor whose elements nothing has written yet.
    public static func uninitialized(_ shape: [Int]) throws -> Tensor {
        try make("empty") { ct_empty(CT_FLOAT32, shape.sizes, CInt(shape.count), $0) }
    }

    /// A tensor of zeros.
    public static func zeros(_ shape: [Int], type: ElementType = .float32) throws -> Tensor {
        try full(shape, 0, type: type)
    }

    /// The elements, row-major, copied out.
    ///
    /// - Throws: `TorchError.unexpected` when the tensor holds another type than `Element`.
    public func elements<Element: TensorElement>(_: Element.Type = Element.self) throws -> [Element] {
        try withElements { Array($0) }
    }

    /// Calls `body` with the elements, row-major, without copying a contiguous tensor of the processor.
    public func withElements<Element: TensorElement, Result>(
        _: Element.Type = Element.self, _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) throws -> Result {
        let type = try elementType
        guard type == Element.elementType else {
            throw TorchError.unexpected(
                operation: "elements", expected: "\(Element.elementType)", found: "\(type)")
        }
        let plain = try readable()
        return try withExtendedLifetime(plain) {
            let start = ct_data(plain.handle)?.assumingMemoryBound(to: Element.self)
            return try body(UnsafeBufferPointer(start: start, count: count))
        }
    }

    /// Calls `body` with the elements to change, row-major.
    ///
    /// - Throws: `TorchError.unexpected` unless the tensor is contiguous, in the processor's memory, and of
    ///   `Element`.
    public func withMutableElements<Element: TensorElement, Result>(
        _: Element.Type, _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
    ) throws -> Result {
        let (type, place) = (try elementType, try device)
        guard type == Element.elementType, place == .cpu, ct_is_contiguous(handle) else {
            throw TorchError.unexpected(
                operation: "elements to change", expected: "contiguous \(Element.elementType) on cpu",
                found: "\(type) on \(place)")
        }
        return try withExtendedLifetime(self) {
            let start = ct_data(handle)?.assumingMemoryBound(to: Element.self)
            return try body(UnsafeMutableBufferPointer(start: start, count: count))
        }
    }

    /// Calls `body` with the raw bytes, row-major.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        let plain = try readable()
        let byteCount = try count * elementType.byteCount
        return try withExtendedLifetime(plain) {
            try body(UnsafeRawBufferPointer(start: ct_data(plain.handle), count: byteCount))
        }
    }

    /// The only element, as `Double`.
    public func item() throws -> Double {
        guard count == 1 else {
            throw TorchError.unexpected(operation: "item", expected: "one element", found: "shape \(shape)")
        }
        let double: [Double] = try to(.float64).elements()
        return double[0]
    }
}

extension [Int] {
    /// Sizes as the shim takes them.
    var sizes: [Int64] { map(Int64.init) }
}
