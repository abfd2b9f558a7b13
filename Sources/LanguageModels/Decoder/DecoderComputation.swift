public import Torch

/// How a decoder computes its forward and backward pass; the weights stay as they are.
public struct DecoderComputation: Sendable, Equatable {
    /// Keep a layer's input alone for the backward pass and compute the layer once more there: about a third
    /// more arithmetic for a fraction of the memory. The numbers stay the same.
    public var recomputesActivations = false
    /// Element type of matrix products: nil for float32 whatever the weights are stored in, `.bfloat16` for
    /// devices that are faster with it. Weights, their gradients and sums between products stay float32.
    public var productType: ElementType?

    /// Everything kept, products in float32.
    public init(recomputesActivations: Bool = false, productType: ElementType? = nil) {
        self.recomputesActivations = recomputesActivations
        self.productType = productType
    }
}
