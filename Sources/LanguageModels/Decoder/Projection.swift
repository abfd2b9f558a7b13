import Torch

/// One linear map of a layer: weight, bias where the family has one, and the adapter that is trained instead
/// of them.
struct Projection {
    let weight: Tensor  // [out, in]
    let bias: Tensor?  // [out]
    var adapter: LowRankAdapter?

    init(weight: Tensor, bias: Tensor? = nil) {
        self.weight = weight
        self.bias = bias
    }

    /// The map of rows `[T, in]`.
    func callAsFunction(_ rows: Tensor, productType: ElementType?) throws -> Tensor {
        try Self.all([self], of: rows, productType: productType)[0]
    }

    /// Several maps of the same rows `[T, in]`, after RMSNorm when there is a norm weight: one pass over the
    /// rows for all of them.
    static func all(
        _ maps: [Projection], of rows: Tensor, norm: Tensor? = nil, epsilon: Double = 0,
        productType: ElementType?
    ) throws -> [Tensor] {
        let (weights, biases) = (maps.map(\.weight), maps.map(\.bias))
        guard maps.contains(where: { $0.adapter != nil }) else {
            return try rows.linears(
                weights, biases: biases, norm: norm, epsilon: epsilon, productType: productType)
        }
        // An adapter reads the normalized rows as well, so they are computed once and kept.
        let input = try norm.map { try rows.rmsNorm(weight: $0, epsilon: epsilon) } ?? rows
        let base = try input.linears(weights, biases: biases, productType: productType)
        return try zip(base, maps).map { output, map in
            try map.adapter.map { try output + $0(input) } ?? output
        }
    }
}
