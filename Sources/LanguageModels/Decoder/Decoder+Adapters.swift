import Pipeline
import Torch
import TorchNN

extension Decoder {
    /// Adds low-rank adapters; from now on they are the parameters, and the weights are frozen.
    ///
    /// - Throws: `LanguageModelError.configuration` for a rank or target that makes no sense, or when there
    ///   are adapters already.
    public func addAdapters(_ configuration: LowRankConfiguration, seed: UInt64) throws {
        try configuration.validate()
        guard adapters == nil else {
            throw LanguageModelError.configuration("the model has adapters already; merge them first")
        }
        try weights.setTrainable(false)
        var parameters = Parameters()
        var generator = SeededGenerator(seed: seed)
        for index in layers.indices {
            for target in configuration.targets {
                let (path, place) = target.location
                let weight = layers[index][keyPath: path][place].weight
                let (outputs, inputs) = try weight.shape2
                // Uniform with the spread of the base layer's own initialization; B zero: the start is the
                // base model.
                let bound = (1 / Double(inputs)).squareRoot()
                let numbers = (0..<configuration.rank * inputs).map { _ in
                    Float((generator.nextUnit() * 2 - 1) * bound)
                }
                let adapter = LowRankAdapter(
                    down: try Tensor.from(numbers, shape: [configuration.rank, inputs]),
                    up: try Tensor.zeros([outputs, configuration.rank]),
                    scale: configuration.alpha / Double(configuration.rank))
                let name = "model.layers.\(index).\(target.module).\(target.rawValue)"
                parameters.append("\(name).lora_A.weight", adapter.down)
                parameters.append("\(name).lora_B.weight", adapter.up)
                layers[index][keyPath: path][place].adapter = adapter
            }
        }
        adapters = configuration
        self.parameters = parameters
    }

    /// A decoder of the same weight tensors without the adapters: the reference of a policy that trains
    /// adapters.
    public func withoutAdapters() throws -> Decoder {
        let byName = Dictionary(uniqueKeysWithValues: zip(weights.names, weights.tensors))
        let base = try Decoder(configuration) { name in
            guard let weight = byName[name] else {
                throw LanguageModelError.configuration("the model has no weight '\(name)'")
            }
            return weight
        }
        base.computation = computation
        return base
    }

    /// Adds every adapter's change to its weight and removes the adapters: the same model without them.
    public func mergeAdapters() throws {
        guard let configuration = adapters else { return }
        try withoutGrad {
            for index in layers.indices {
                for target in configuration.targets {
                    let (path, place) = target.location
                    let projection = layers[index][keyPath: path][place]
                    if let change = try projection.adapter?.change() {
                        try projection.weight.add(change.to(projection.weight.elementType))
                    }
                    layers[index][keyPath: path][place].adapter = nil
                }
            }
        }
        adapters = nil
        parameters = weights
    }
}

extension LowRankConfiguration.Target {
    /// Where the map is in a layer.
    var location: (path: WritableKeyPath<DecoderLayer, [Projection]>, place: Int) {
        switch self {
        case .query: (\.mixing, 0)
        case .key: (\.mixing, 1)
        case .value: (\.mixing, 2)
        case .output: (\.output, 0)
        case .gate: (\.expansion, 0)
        case .up: (\.expansion, 1)
        case .down: (\.down, 0)
        }
    }

    /// The part of a layer that holds the map, as a checkpoint names it.
    var module: String {
        switch self {
        case .query, .key, .value, .output: "self_attn"
        case .gate, .up, .down: "mlp"
        }
    }
}
