public import ModelFiles
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

    /// What a gradient of a global norm is multiplied by.
    public func clipping(ofNorm norm: Double) -> Double {
        maximumGradientNorm > 0 && norm > maximumGradientNorm ? maximumGradientNorm / norm : 1
    }
}

/// AdamW over a model's parameters, one fused kernel a step; in a group of processes, each updates its own
/// shard.
public final class AdamW {
    private let parameters: Parameters
    private let configuration: AdamWConfiguration
    /// Which process updates which parameter.
    public let shards: ParameterShards
    /// Places of the parameters of this process's shard, in order; moments and counts are as many.
    private let own: [Int]
    private let firstMoments: [Tensor]
    private let secondMoments: [Tensor]
    private let steps: [Tensor]

    /// Fresh moments, zero.
    public init(
        _ parameters: Parameters, configuration: AdamWConfiguration, group: ProcessGroup = .alone
    ) throws {
        self.parameters = parameters
        self.configuration = configuration
        let shards = ParameterShards(parameters, group)
        let own = parameters.tensors.indices.filter(shards.owns)
        let zeros = {
            try own.map { place in
                let tensor = parameters.tensors[place]
                return try Tensor.zeros(tensor.shape, type: tensor.elementType)
            }
        }
        (self.shards, self.own) = (shards, own)
        firstMoments = try zeros()
        secondMoments = try zeros()
        steps = try own.map { _ in try Tensor.zeros([]) }
    }

    /// One step with the gradients that the parameters hold, which are then freed. In a group, each process's
    /// shard holds the sums over the processes (`ParameterShards.reduceGradients`).
    ///
    /// - Parameter other: ‖g‖² of a gradient beside these that counts in the global norm.
    /// - Returns: the gradient's global norm before clipping. When it is infinite or no number, nothing was
    ///   changed.
    public func step(learningRate: Double, beside other: Double = 0) throws -> Double {
        try withoutGrad {
            let gradients = try own.map { place in
                let tensor = parameters.tensors[place]
                return try tensor.gradient ?? Tensor.zeros(tensor.shape, type: tensor.elementType)
            }
            try parameters.clearGradients()
            let norm = try (shards.group.sum([innerProduct(gradients, gradients)])[0] + other).squareRoot()
            // Before anything is written: a number that is none would reach every weight.
            guard norm.isFinite else { return norm }
            let factor = configuration.clipping(ofNorm: norm)
            if factor < 1 { for gradient in gradients { try gradient.scale(by: factor) } }
            // The kernel corrects its moments by the count that includes this step.
            for step in steps { try step.copy(from: step + 1) }
            try Tensor.fusedAdamW(
                parameters: own.map { parameters.tensors[$0] }, gradients: gradients,
                firstMoments: firstMoments,
                secondMoments: secondMoments, steps: steps, learningRate: learningRate,
                betas: (configuration.beta1, configuration.beta2), weightDecay: configuration.weightDecay,
                epsilon: configuration.epsilon)
            try shards.share(parameters)
            return norm
        }
    }

    /// Moments and step counts of this process's shard as named tensors, for a checkpoint.
    public func state() -> [(name: String, tensor: Tensor)] {
        own.enumerated().flatMap { index, place in
            let name = parameters.names[place]
            return [
                ("first.\(name)", firstMoments[index]), ("second.\(name)", secondMoments[index]),
                ("step.\(name)", steps[index]),
            ]
        }
    }

    /// Restores what `state()` gave, from the files of any number of processes.
    ///
    /// - Throws: `ModelFileError` naming the first tensor that no file has.
    public func restore(from files: [SafetensorsFile]) throws {
        try withoutGrad {
            for (name, tensor) in state() {
                let file = files.first { $0.entries[name] != nil } ?? files.last
                if let file { try tensor.copy(from: file.tensor(name)) }
            }
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
