import Torch

/// One transformer block over a behaviour sequence (BST, Chen et al., 2019), with positions counted from the
/// newest behaviour.
struct BehaviorTransformer {
    private let positions: Tensor
    private let block: TransformerBlock

    /// - Parameters:
    ///   - width: D, of a behaviour; a multiple of `heads`.
    ///   - length: L.
    init(_ name: String, width: Int, heads: Int, length: Int, _ maker: inout WeightMaker) throws {
        positions = try maker.normal("\(name).positions", [length, width], deviation: 0.05)
        block = try TransformerBlock(name, width: width, heads: heads, &maker)
    }

    /// - Parameters:
    ///   - sequence: `[B, L, D]`.
    ///   - padding: −10⁹ where there is no behaviour, 0 elsewhere, `[B, L]`.
    /// - Returns: `[B, L, D]`.
    func callAsFunction(_ sequence: Tensor, padding: Tensor) throws -> Tensor {
        try block(sequence + positions, padding: padding)
    }
}
