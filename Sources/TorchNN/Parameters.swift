public import ModelFiles
public import Torch

/// The trainable tensors of a model, in a fixed order, each with its name in the checkpoint.
public struct Parameters {
    /// Names, in order.
    public private(set) var names: [String] = []
    /// Tensors, in the order of `names`.
    public private(set) var tensors: [Tensor] = []

    /// An empty list.
    public init() {}

    /// Adds a parameter.
    public mutating func append(_ name: String, _ tensor: Tensor) {
        names.append(name)
        tensors.append(tensor)
    }

    /// All but one.
    public func without(_ name: String) -> Parameters {
        var others = Parameters()
        for (other, tensor) in zip(names, tensors) where other != name { others.append(other, tensor) }
        return others
    }

    /// Number of trainable numbers.
    public var elementCount: Int { tensors.reduce(0) { $0 + $1.count } }

    /// Switches recording for gradients on or off, and drops gradients when off.
    public func setTrainable(_ isTrainable: Bool) throws {
        for tensor in tensors {
            try tensor.setRequiresGrad(isTrainable)
            if !isTrainable { try tensor.setGradient(nil) }
        }
    }

    /// Frees all gradients.
    public func clearGradients() throws {
        for tensor in tensors { try tensor.setGradient(nil) }
    }

    /// The accumulated gradients, in order; zeros where no backward pass arrived.
    public func gradients() throws -> [Tensor] {
        try tensors.map { try $0.gradient ?? Tensor.zeros($0.shape, type: $0.elementType) }
    }

    /// Takes the accumulated gradients away from the parameters.
    public func takeGradients() throws -> [Tensor] {
        let gradients = try gradients()
        try clearGradients()
        return gradients
    }

    /// Pairs for a safetensors file, each name with `prefix` before it.
    public func named(prefix: String = "") -> [(name: String, tensor: Tensor)] {
        zip(names, tensors).map { (prefix + $0, $1) }
    }

    /// Overwrites every parameter from a file.
    ///
    /// - Throws: `ModelFileError` naming the first parameter that is missing.
    public func load(from file: SafetensorsFile, prefix: String = "") throws {
        try withoutGrad {
            for (name, tensor) in zip(names, tensors) { try tensor.copy(from: file.tensor(prefix + name)) }
        }
    }
}
