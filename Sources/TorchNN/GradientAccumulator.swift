public import Torch

/// The gradient of one loss, kept apart from the others while several losses share a graph.
public struct GradientAccumulator {
    /// One tensor a parameter, nil before the first backward pass that arrived.
    public private(set) var gradients: [Tensor?]
    private let parameters: Parameters
    /// Places of the parameters whose gradients are wanted; nil for all.
    private let wanted: Set<Int>?

    /// Nothing accumulated yet.
    ///
    /// - Parameter wanted: whether a parameter's gradient is, by its name; nil for all.
    public init(_ parameters: Parameters, where wanted: ((String) -> Bool)? = nil) {
        self.parameters = parameters
        gradients = Array(repeating: nil, count: parameters.tensors.count)
        self.wanted = wanted.map { isWanted in
            Set(parameters.names.indices.filter { isWanted(parameters.names[$0]) })
        }
    }

    /// Adds what the backward passes of `body` make to this accumulator alone. The parameters' own gradients
    /// must be empty, and are afterwards.
    public mutating func collect(_ body: () throws -> Void) throws {
        for (tensor, gradient) in zip(parameters.tensors, gradients) { try tensor.setGradient(gradient) }
        try body()
        gradients = try parameters.tensors.enumerated().map { isWanted($0) ? try $1.gradient : nil }
        try parameters.clearGradients()
    }

    /// Adds the gradient of Σ tensor · `gradient`. Where some parameters alone are wanted, the backward pass
    /// stops behind the last of them.
    ///
    /// - Parameter isStopped: false for a graph whose parameters are hidden in operations that compute again.
    public mutating func collect(
        from tensor: Tensor, _ gradient: Tensor, retainsGraph: Bool, isStopped: Bool = true
    ) throws {
        try collect { [wanted, parameters] in
            if let wanted, isStopped {
                try tensor.backward(
                    from: gradient, to: wanted.sorted().map { parameters.tensors[$0] },
                    retainsGraph: retainsGraph)
            } else {
                try tensor.backward(from: gradient, retainsGraph: retainsGraph)
            }
        }
    }

    private func isWanted(_ place: Int) -> Bool { wanted?.contains(place) ?? true }

    /// Whether a tensor is a parameter whose gradient is wanted.
    public func wants(_ tensor: Tensor) -> Bool {
        parameters.tensors.firstIndex { $0 === tensor }.map(isWanted) ?? false
    }

    /// The gradient of a parameter to add to, zeros when there is none yet; nil for a tensor that is no
    /// parameter, or none whose gradient is wanted.
    public mutating func gradient(of tensor: Tensor) throws -> Tensor? {
        guard let place = parameters.tensors.firstIndex(where: { $0 === tensor }), isWanted(place) else {
            return nil
        }
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
        gradients = try shards.reduced(gradients, of: parameters, where: isWanted)
    }

    /// Multiplies everything.
    public func scale(by factor: Double) throws {
        try withoutGrad { for gradient in gradients { try gradient?.scale(by: factor) } }
    }

    /// Hands the gradients to the parameters, for an optimizer.
    public func deliver() throws {
        for (tensor, gradient) in zip(parameters.tensors, gradients) { try tensor.setGradient(gradient) }
    }

    /// ⟨self, other⟩, summed in float64 across tensors; what never got a gradient counts as zero.
    public func product(_ other: GradientAccumulator) throws -> Double {
        var (left, right): ([Tensor], [Tensor]) = ([], [])
        for (place, own) in gradients.enumerated() {
            guard let own, let others = other.gradients[place] else { continue }
            left.append(own)
            right.append(others)
        }
        return try innerProduct(left, right)
    }
}
