import Pipeline
import Torch

/// Hidden layers with relu, then one logit.
struct Tower {
    let layers: [Linear]

    init(_ name: String, from input: Int, hidden: [Int], _ maker: inout WeightMaker) throws {
        let widths = [input] + hidden + [1]
        layers = try (0..<widths.count - 1).map { layer in
            try Linear("\(name).\(layer)", from: widths[layer], to: widths[layer + 1], &maker)
        }
    }

    /// Logits, `[B]`.
    ///
    /// - Parameters:
    ///   - x: `[B, in]`.
    ///   - dropout: of the hidden numbers; nil drops nothing.
    func callAsFunction(_ x: Tensor, dropout: Dropout?) throws -> Tensor {
        try rest(x, from: 0, dropout: dropout)
    }

    /// Logits of what the layers before `first` gave, `[B]`.
    func rest(_ x: Tensor, from first: Int, dropout: Dropout? = nil) throws -> Tensor {
        var x = x
        for layer in layers.dropLast().dropFirst(first) {
            x = try layer(x).relu()
            if let dropout { x = try dropout(x) }
        }
        return try layers[layers.count - 1](x).reshaped(-1)
    }
}

/// Drops a share of numbers and scales up the others (Srivastava et al., 2014); what is dropped follows from
/// the seed.
final class Dropout {
    private let rate: Double
    private var generator: SeededGenerator

    /// - Parameter rate: in 0..<1.
    init(rate: Double, seed: UInt64) {
        self.rate = rate
        generator = SeededGenerator(seed: seed)
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor {
        // 32 of the generator's bits decide about one number.
        let limit = UInt32(rate * 0x1p32)
        let scale = Float(1 / (1 - rate))
        var factors = [Float](repeating: 0, count: x.count)
        for place in factors.indices where UInt32(truncatingIfNeeded: generator.next() >> 32) >= limit {
            factors[place] = scale
        }
        return try x * Tensor.from(factors, shape: x.shape).to(x.elementType)
    }
}
