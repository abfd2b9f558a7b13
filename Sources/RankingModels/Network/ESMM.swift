import Foundation
import Pipeline
import Torch
import TorchNN

/// The entire-space multi-task network (Ma et al., 2018): shared embeddings, a click tower and a conversion tower.
final class ESMM {
    /// Sizes of the network.
    struct Shape: Codable, Sendable, Equatable {
        /// Rows of the embedding table.
        let rowCount: Int
        /// Categorical fields a row.
        let fieldCount: Int
        /// Width of one embedding.
        var width = 8
        /// Codes a user; 0 for none.
        let codesPerUser: Int
        /// Values of a code.
        let codeCount: Int
        /// Whether there is a similar user's sequence.
        let hasSimilarSequence: Bool
        /// Widths of a tower's hidden layers.
        var hidden = [64, 32]

        /// Width of a tower's input: fields, codes, and one pooled sequence or two of item, L2 and L3.
        var inputWidth: Int {
            let sequences = hasSimilarSequence ? 2 : 1
            return (fieldCount + codesPerUser + sequences * FeatureBuilder.itemFields.count) * width
        }
    }

    let shape: Shape
    let parameters: Parameters
    private let table: Tensor  // [rows, E]
    private let codes: Tensor?  // [M · C, E]
    private let towers: [[(weight: Tensor, bias: Tensor)]]

    init(_ shape: Shape, seed: UInt64) throws {
        self.shape = shape
        var generator = SeededGenerator(seed: seed)
        var parameters = Parameters()
        func add(_ name: String, _ sizes: [Int], deviation: Double) throws -> Tensor {
            let values = (0..<sizes.reduce(1, *)).map { _ in Float(generator.nextNormal() * deviation) }
            let tensor = try Tensor.from(values, shape: sizes)
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
                    try add("\(name).\(layer).weight", [widths[layer + 1], widths[layer]], deviation: deviation),
                    try add("\(name).\(layer).bias", [widths[layer + 1]], deviation: 0)
                )
            }
        }
        self.parameters = parameters
    }

    /// Logits a and b of both towers, `[B]` each.
    func callAsFunction(_ batch: RankingBatch) throws -> (click: Tensor, conversion: Tensor) {
        let itemFields = FeatureBuilder.itemFields.count
        let embedded = try table.embedding(batch.fields).reshaped(batch.count, -1)  // [B, F·E]
        let candidate = try embedded.slice(1, 0..<itemFields * shape.width)  // item, L2, L3
        var parts = [embedded, try pool(batch.history, candidate)]
        if let codes, let userCodes = batch.codes {
            parts.append(try codes.embedding(userCodes).reshaped(batch.count, -1))
        }
        if let similar = batch.similar { parts.append(try pool(similar, candidate)) }
        let input = try Tensor.concatenated(parts, axis: 1)
        return (try run(towers[0], input), try run(towers[1], input))
    }

    private func pool(_ sequence: RankingBatch.Sequence, _ candidate: Tensor) throws -> Tensor {
        let (batch, length, _) = try sequence.rows.shape3
        return try targetAttention(
            candidate: candidate, sequence: table.embedding(sequence.rows).reshaped(batch, length, -1),
            padding: sequence.padding, isPresent: sequence.isPresent)
    }

    private func run(_ tower: [(weight: Tensor, bias: Tensor)], _ input: Tensor) throws -> Tensor {
        var x = input
        for (index, layer) in tower.enumerated() {
            x = try x.linear(layer.weight, bias: layer.bias)
            if index < tower.count - 1 { x = try x.relu() }
        }
        return try x.reshaped(-1)
    }
}
