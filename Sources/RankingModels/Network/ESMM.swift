import Foundation
import Pipeline
import Torch
import TorchNN

/// The entire-space multi-task network (Ma et al., 2018): shared embeddings, a click tower and a conversion
/// tower.
///
/// A tower reads the embeddings of all fields, the pooled history and, where there are such groups, the
/// embeddings of the codes and the pooled sequence of the similar user.
final class ESMM {
    /// Sizes of the network.
    struct Shape: Codable, Sendable, Equatable {
        /// Rows of the embedding table.
        var rowCount: Int
        /// F, categorical fields a row.
        var fieldCount: Int
        /// E, width of one embedding.
        var width: Int
        /// Widths of a tower's hidden layers.
        var hidden: [Int]
        /// L, the user's own behaviours.
        var historyLength: Int
        /// M, codes a user; 0 for none.
        var codesPerUser = 0
        /// C, values of a code.
        var codeCount = 0
        /// Behaviours of the similar user; 0 for none.
        var similarLength = 0

        /// Width of a tower's input.
        var inputWidth: Int {
            let sequences = similarLength > 0 ? 2 : 1
            return (fieldCount + codesPerUser + sequences * FeatureFields.ofBehavior) * width
        }
    }

    let shape: Shape
    let parameters: Parameters
    private let table: Tensor  // [rows, E]
    private let codes: Tensor?  // [M · C, E]
    private let towers: [[(weight: Tensor, bias: Tensor)]]

    /// Random weights, the same for the same seed on every machine.
    ///
    /// - Parameter type: float64 in gradient checks.
    init(_ shape: Shape, seed: UInt64, type: ElementType = .float32) throws {
        self.shape = shape
        var generator = SeededGenerator(seed: seed)
        var parameters = Parameters()
        func add(_ name: String, _ sizes: [Int], deviation: Double) throws -> Tensor {
            let values = (0..<sizes.reduce(1, *)).map { _ in Float(generator.nextNormal() * deviation) }
            let tensor = try Tensor.from(values, shape: sizes).to(type)
            parameters.append(name, tensor)
            return tensor
        }
        table = try add("embedding", [shape.rowCount, shape.width], deviation: 0.05)
        codes =
            shape.codesPerUser > 0
            ? try add("codes", [shape.codesPerUser * shape.codeCount, shape.width], deviation: 0.05) : nil
        towers = try ["click", "conversion"].map { name in
            let widths = [shape.inputWidth] + shape.hidden + [1]
            return try (0..<widths.count - 1).map { layer in
                let deviation = (2 / Double(widths[layer])).squareRoot()
                return (
                    try add(
                        "\(name).\(layer).weight", [widths[layer + 1], widths[layer]], deviation: deviation),
                    try add("\(name).\(layer).bias", [widths[layer + 1]], deviation: 0)
                )
            }
        }
        self.parameters = parameters
    }

    /// Logits a and b of the towers, `[B]` each.
    func callAsFunction(_ batch: RankingBatch) throws -> (click: Tensor, conversion: Tensor) {
        let embedded = try table.embedding(batch.fields).reshaped(batch.count, -1)  // [B, F·E]
        let candidate = try embedded.slice(1, 0..<FeatureFields.ofBehavior * shape.width)  // item, L2, L3
        var parts = [embedded, try pool(batch.history, candidate)]
        if let codes, let userCodes = batch.codes {
            parts.append(try codes.embedding(userCodes).reshaped(batch.count, -1))
        }
        if let similar = batch.similar { parts.append(try pool(similar, candidate)) }
        let input = try Tensor.concatenated(parts, axis: 1)  // [B, inputWidth]
        return (try run(towers[0], input), try run(towers[1], input))
    }

    private func pool(_ sequence: SequenceBatch, _ candidate: Tensor) throws -> Tensor {
        let (batch, length, _) = try sequence.rows.shape3
        let type = try table.elementType
        return try targetAttention(
            candidate: candidate, sequence: table.embedding(sequence.rows).reshaped(batch, length, -1),
            padding: sequence.padding.to(type), isPresent: sequence.isPresent.to(type))
    }

    private func run(_ tower: [(weight: Tensor, bias: Tensor)], _ input: Tensor) throws -> Tensor {
        var x = input
        for (index, layer) in tower.enumerated() {
            x = try x.linear(layer.weight, bias: layer.bias)
            if index < tower.count - 1 { x = try x.relu() }
        }
        return try x.reshaped(-1)  // [B]
    }
}
