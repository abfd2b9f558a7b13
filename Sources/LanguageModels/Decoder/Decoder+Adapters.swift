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
                let weight = layers[index][keyPath: target.projection].weight
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
                layers[index][keyPath: target.projection].adapter = adapter
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
                    let projection = layers[index][keyPath: target.projection]
                    if let change = try projection.adapter?.change() {
                        try projection.weight.add(change.to(projection.weight.elementType))
                    }
                    layers[index][keyPath: target.projection].adapter = nil
                }
            }
        }
        adapters = nil
        parameters = weights
    }
}

extension LowRankConfiguration.Target {
    /// The map in a layer.
    var projection: WritableKeyPath<DecoderLayer, Projection> {
        switch self {
        case .query: \.query
        case .key: \.key
        case .value: \.value
        case .output: \.output
        case .gate: \.gate
        case .up: \.up
        case .down: \.down
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
