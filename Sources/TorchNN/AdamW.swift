public import Torch

/// Settings of AdamW (Loshchilov and Hutter, 2019).
public struct AdamWConfiguration: Codable, Sendable, Equatable {
    /// Decay of the first moment.
    public var beta1 = 0.9
    /// Decay of the second moment.
    public var beta2 = 0.999
    /// Weight decay a step, times the learning rate, applied to the weights and not to the gradient.
    public var weightDecay = 0.0
    /// Added to the root of the second moment.
    public var epsilon = 1e-8
    /// Largest global norm of the gradient; a larger one is scaled down to it. 0 switches clipping off.
    public var maximumGradientNorm = 1.0

    /// The field's usual values.
    public init() {}
}

/// AdamW over a model's parameters, one fused kernel a step.
public final class AdamW {
    private let parameters: Parameters
    private let configuration: AdamWConfiguration
    private let firstMoments: [Tensor]
    private let secondMoments: [Tensor]
    private let steps: [Tensor]

    /// Fresh moments, zero.
    public init(_ parameters: Parameters, configuration: AdamWConfiguration) throws {
        self.parameters = parameters
        self.configuration = configuration
        firstMoments = try parameters.tensors.map { try Tensor.zeros($0.shape, type: $0.elementType) }
        secondMoments = try parameters.tensors.map { try Tensor.zeros($0.shape, type: $0.elementType) }
        steps = try parameters.tensors.map { _ in try Tensor.zeros([]) }
    }

    /// One step with the gradients that the parameters hold, which are then freed.
    ///
    /// - Returns: the gradient's global norm before clipping. When it is infinite or no number, nothing was changed.
    public func step(learningRate: Double) throws -> Double {
        try withoutGrad {
            let gradients = try parameters.takeGradients()
            let norm = try globalNorm(of: gradients)
            // Before anything is written: a number that is none would reach every weight.
            guard norm.isFinite else { return norm }
            let limit = configuration.maximumGradientNorm
            if limit > 0, norm > limit {
                for gradient in gradients { try gradient.scale(by: limit / norm) }
            }
            // The kernel corrects its moments by the count that includes this step.
            for step in steps { try step.copy(from: step + 1) }
            try Tensor.fusedAdamW(
                parameters: parameters.tensors, gradients: gradients, firstMoments: firstMoments,
                secondMoments: secondMoments, steps: steps, learningRate: learningRate,
                betas: (configuration.beta1, configuration.beta2), weightDecay: configuration.weightDecay,
                epsilon: configuration.epsilon)
            return norm
        }
    }

    /// Moments and step counts as named tensors, for a checkpoint.
    public func state() -> [(name: String, tensor: Tensor)] {
        zip(parameters.names.indices, parameters.names).flatMap { index, name in
            [
                ("first.\(name)", firstMoments[index]), ("second.\(name)", secondMoments[index]),
                ("step.\(name)", steps[index]),
            ]
        }
    }

    /// Restores what `state()` gave.
    public func restore(from file: SafetensorsFile) throws {
        try withoutGrad {
            for (name, tensor) in state() { try tensor.copy(from: file.tensor(name)) }
        }
    }
}

/// √(Σ x²) over all elements of all tensors, summed in float64 across tensors.
public func globalNorm(of tensors: [Tensor]) throws -> Double {
    try innerProduct(tensors, tensors).squareRoot()
}

/// Σ a·b over all elements of two lists of tensors with equal shapes, summed in float64 across tensors.
public func innerProduct(_ left: [Tensor], _ right: [Tensor]) throws -> Double {
    try withoutGrad {
        try zip(left, right).reduce(0.0) { sum, pair in
            try sum + pair.0.reshaped(-1).dot(pair.1.reshaped(-1)).item()
        }
    }
}
