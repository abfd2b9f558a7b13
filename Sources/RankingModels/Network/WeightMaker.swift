import Pipeline
import Torch
import TorchNN

/// Makes a network's weights in order: the same for the same seed on every machine.
struct WeightMaker {
    private(set) var parameters = Parameters()
    private var generator: SeededGenerator
    private let type: ElementType

    /// - Parameter type: float64 in gradient checks.
    init(seed: UInt64, type: ElementType) {
        generator = SeededGenerator(seed: seed)
        self.type = type
    }

    /// Normal numbers around 0.
    mutating func normal(_ name: String, _ shape: [Int], deviation: Double) throws -> Tensor {
        let values = (0..<shape.reduce(1, *)).map { _ in Float(generator.nextNormal() * deviation) }
        return try add(name, Tensor.from(values, shape: shape))
    }

    /// One number everywhere.
    mutating func constant(_ name: String, _ shape: [Int], _ value: Double) throws -> Tensor {
        try add(name, Tensor.full(shape, value))
    }

    private mutating func add(_ name: String, _ tensor: Tensor) throws -> Tensor {
        let tensor = try tensor.to(type)
        parameters.append(name, tensor)
        return tensor
    }
}

/// x Wᵀ + b.
struct Linear {
    /// `[out, in]`.
    let weight: Tensor
    /// `[out]`; nil for none.
    let bias: Tensor?

    /// Weights of variance 2 / in (He et al., 2015), no bias yet.
    init(_ name: String, from input: Int, to output: Int, hasBias: Bool = true, _ maker: inout WeightMaker)
        throws
    {
        let deviation = (2 / Double(input)).squareRoot()
        weight = try maker.normal("\(name).weight", [output, input], deviation: deviation)
        bias = hasBias ? try maker.constant("\(name).bias", [output], 0) : nil
    }

    /// - Parameter x: `[..., in]`.
    func callAsFunction(_ x: Tensor) throws -> Tensor { try x.linear(weight, bias: bias) }
}
