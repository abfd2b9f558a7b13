public import Torch

/// The gradient of one loss, kept apart from the others while several losses share a graph.
public struct GradientAccumulator {
    /// One tensor a parameter, nil before the first backward pass that arrived.
    public private(set) var gradients: [Tensor?]
    private let parameters: Parameters

    /// Nothing accumulated yet.
    public init(_ parameters: Parameters) {
        self.parameters = parameters
        gradients = Array(repeating: nil, count: parameters.tensors.count)
    }

    /// Adds what the backward passes of `body` make to this accumulator alone. The parameters' own gradients
    /// must be empty, and are afterwards.
    public mutating func collect(_ body: () throws -> Void) throws {
        for (tensor, gradient) in zip(parameters.tensors, gradients) { try tensor.setGradient(gradient) }
        try body()
        gradients = try parameters.tensors.map { try $0.gradient }
        try parameters.clearGradients()
    }

    /// The gradient of a parameter to add to, zeros when there is none yet; nil for a tensor that is no
    /// parameter.
    public mutating func gradient(of tensor: Tensor) throws -> Tensor? {
        guard let place = parameters.tensors.firstIndex(where: { $0 === tensor }) else { return nil }
        if let gradient = gradients[place] { return gradient }
        let fresh = try Tensor.zeros(tensor.shape, type: tensor.elementType)
        gradients[place] = fresh
        return fresh
    }

    /// Adds another accumulator's gradients, times `scale`. Its tensors may become this one's.
    public mutating func add(_ other: GradientAccumulator, scale: Double = 1) throws {
        try withoutGrad {
            for (place, gradient) in other.gradients.enumerated() {
                guard let gradient else { continue }
                if let own = gradients[place] {
                    try own.add(gradient, scaledBy: scale)
                } else {
                    if scale != 1 { try gradient.scale(by: scale) }
                    gradients[place] = gradient
                }
            }
        }
    }

    /// Adds up every process's gradients, each at the process that owns it.
    public mutating func reduce(_ shards: ParameterShards) throws {
        gradients = try shards.reduced(gradients, of: parameters)
    }

    /// Multiplies everything.
    public func scale(by factor: Double) throws {
        try withoutGrad { for gradient in gradients { try gradient?.scale(by: factor) } }
    }

    /// Hands the gradients to the parameters, for an optimizer.
    public func deliver() throws {
        for (tensor, gradient) in zip(parameters.tensors, gradients) { try tensor.setGradient(gradient) }
    }

    /// ⟨self, other⟩ over the parameters whose names contain `name`, summed in float64 across tensors; what
    /// never got a gradient counts as zero.
    public func product(_ other: GradientAccumulator, namesContaining name: String = "") throws -> Double {
        var (left, right): ([Tensor], [Tensor]) = ([], [])
        for (place, own) in gradients.enumerated() {
            guard let own, let others = other.gradients[place] else { continue }
            guard name.isEmpty || parameters.names[place].contains(name) else { continue }
            left.append(own)
            right.append(others)
        }
        return try innerProduct(left, right)
    }
}
