public import Torch

/// The gradient of one loss, kept apart from the others while several losses share a graph.
public struct GradientAccumulator {
    /// One tensor a parameter, nil before the first backward pass.
    private var gradients: [Tensor?]

    /// Nothing accumulated yet.
    public init(_ parameters: Parameters) {
        gradients = Array(repeating: nil, count: parameters.tensors.count)
    }

    /// Adds the gradient of `loss` to this accumulator alone. The parameters' own gradients must be empty.
    public mutating func add(_ loss: Tensor, _ parameters: Parameters, retainsGraph: Bool) throws {
        for (tensor, gradient) in zip(parameters.tensors, gradients) { try tensor.setGradient(gradient) }
        try loss.backward(retainsGraph: retainsGraph)
        gradients = try parameters.tensors.map { try $0.gradient }
        try parameters.clearGradients()
    }

    /// The accumulated gradients, in the order of the parameters; zeros where no backward pass arrived.
    public func tensors(_ parameters: Parameters) throws -> [Tensor] {
        try zip(parameters.tensors, gradients).map { tensor, gradient in
            try gradient ?? Tensor.zeros(tensor.shape, type: tensor.elementType)
        }
    }
}
