import CTorch

extension Tensor {
    /// The same values in another element type; the tensor itself when it has that type.
    public func to(_ type: ElementType) throws -> Tensor {
        try make("to", self) { ct_to_type(handle, type.code, $0) }
    }

    /// A row-major copy, or the tensor itself when it is row-major.
    public func contiguous() throws -> Tensor { try make("contiguous", self) { ct_contiguous(handle, $0) } }

    /// A copy with memory of its own.
    public func clone() throws -> Tensor { try make("clone", self) { ct_clone(handle, $0) } }

    /// The same memory without its history of gradients.
    public func detached() throws -> Tensor { try make("detach", self) { ct_detach(handle, $0) } }

    /// The same elements under another shape; one size may be -1.
    public func reshaped(_ shape: Int...) throws -> Tensor { try reshaped(shape) }

    /// The same elements under another shape; one size may be -1.
    public func reshaped(_ shape: [Int]) throws -> Tensor {
        try make("reshape", self) { ct_reshape(handle, shape.sizes, CInt(shape.count), $0) }
    }

    /// A view with two axes exchanged.
    public func transposed(_ first: Int, _ second: Int) throws -> Tensor {
        try make("transpose", self) { ct_transpose(handle, Int64(first), Int64(second), $0) }
    }

    /// A view of `range` on one axis.
    public func slice(_ axis: Int, _ range: Range<Int>) throws -> Tensor {
        try make("slice", self) {
            ct_slice(handle, Int64(axis), Int64(range.lowerBound), Int64(range.upperBound), $0)
        }
    }

    /// Tensors one after another on `axis`.
    public static func concatenated(_ tensors: [Tensor], axis: Int) throws -> Tensor {
        var handle: OpaquePointer?
        let status = withExtendedLifetime(tensors) {
            ct_cat(tensors.map(\.handle), CInt(tensors.count), Int64(axis), &handle)
        }
        try check("cat", tensors, status)
        guard let handle else {
            throw TorchError.unexpected(operation: "cat", expected: "a tensor", found: "nothing")
        }
        return Tensor(owning: handle)
    }

    /// The rows of `axis` named by `indices`, an int64 tensor `[n]`.
    public func selecting(_ indices: Tensor, axis: Int = 0) throws -> Tensor {
        try make("index_select", self, indices) { ct_index_select(handle, Int64(axis), indices.handle, $0) }
    }

    /// `result[i][j] = self[i][indices[i][j]]` along `axis`.
    public func gathering(_ indices: Tensor, axis: Int) throws -> Tensor {
        try make("gather", self, indices) { ct_gather(handle, Int64(axis), indices.handle, $0) }
    }

    /// Rows of a weight `[V, D]` at int64 `indices` of any shape: `[..., D]`.
    public func embedding(_ indices: Tensor) throws -> Tensor {
        try make("embedding", self, indices) { ct_embedding(handle, indices.handle, $0) }
    }

    /// `value` where the boolean `mask` is true.
    public func filled(where mask: Tensor, with value: Double) throws -> Tensor {
        try make("masked_fill", self, mask) { ct_masked_fill(handle, mask.handle, value, $0) }
    }

    /// The sizes of a tensor of rank 2, checked.
    public var shape2: (Int, Int) {
        get throws {
            let sizes = try sizes(ofRank: 2)
            return (sizes[0], sizes[1])
        }
    }

    /// The sizes of a tensor of rank 3, checked.
    public var shape3: (Int, Int, Int) {
        get throws {
            let sizes = try sizes(ofRank: 3)
            return (sizes[0], sizes[1], sizes[2])
        }
    }

    private func sizes(ofRank expected: Int) throws -> [Int] {
        guard rank == expected else {
            throw TorchError.unexpected(
                operation: "shape", expected: "rank \(expected)", found: "shape \(shape)")
        }
        return shape
    }
}
