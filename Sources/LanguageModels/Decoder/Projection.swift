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
}

extension [Projection] {
    /// All maps of the same rows `[T, in]`, after RMSNorm when there is a norm weight.
    func callAsFunction(
        _ rows: Tensor, norm: Tensor? = nil, epsilon: Double = 0, productType: ElementType?
    ) throws -> [Tensor] {
        let (weights, biases) = (map(\.weight), map(\.bias))
        guard contains(where: { $0.adapter != nil }) else {
            return try rows.linears(
                weights, biases: biases, norm: norm, epsilon: epsilon, productType: productType)
        }
        // An adapter reads the normalized rows as well, so they are computed once and kept.
        let input = try norm.map { try rows.rmsNorm(weight: $0, epsilon: epsilon) } ?? rows
        let base = try input.linears(weights, biases: biases, productType: productType)
        return try zip(base, self).map { output, projection in
            try projection.adapter.map { try output + $0(input) } ?? output
        }
    }
}
