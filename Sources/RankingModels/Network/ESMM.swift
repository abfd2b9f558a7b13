import Pipeline
import Torch
import TorchNN

/// The entire-space multi-task network (Ma et al., 2018): shared embeddings, a click tower and a conversion
/// tower.
///
/// The towers read the embeddings of all fields, the pooled history and, where there are such groups, the
/// embeddings of the codes and the pooled sequence of the similar user, through cross layers and experts
/// where the configuration has them.
final class ESMM {
    /// Sizes of the network.
    struct Shape: Codable, Sendable, Equatable {
        /// Rows of the embedding table.
        var rowCount: Int
        /// F, categorical fields a row.
        var fieldCount: Int
        /// Widths and parts.
        var network: NetworkConfiguration
        /// L, the user's own behaviours.
        var historyLength: Int
        /// M, codes a user; 0 for none.
        var codesPerUser = 0
        /// C, values of a code.
        var codeCount = 0
        /// Behaviours of the similar user; 0 for none.
        var similarLength = 0

        /// E, width of one embedding.
        var width: Int { network.embeddingWidth }
        /// Width of a behaviour.
        var behaviorWidth: Int { FeatureFields.ofBehavior * width }
        /// V, multi-valued fields of a row, each the mean of its values' embeddings; nil for none.
        var listCount: Int?
        /// X, crosses of a row with what similar users bought; nil for none.
        var crossCount: Int?
        /// Whether codes are crossed with the candidate's L2 category; nil for not.
        var crossesCodes: Bool?
        /// Width of all features of a row.
        var inputWidth: Int {
            let sequences = similarLength > 0 ? 2 : 1
            return
                (fieldCount + (listCount ?? 0) + codesPerUser + (crossCount ?? 0)
                + (crossesCodes == true ? 1 : 0)) * width + sequences
                * behaviorWidth
        }
    }

    let shape: Shape
    /// All weights.
    let parameters: Parameters
    /// All weights but the embedding table.
    let dense: Parameters
    /// The embedding table, `[rows, E]`.
    let embedding: Tensor
    private let codes: Tensor?  // [M · C, E]
    private let crosses: Tensor?  // [X · 16, E]
    private let codeCrosses: Tensor?  // [rows, E]
    private let history: SequencePooling
    private let similar: SequencePooling?
    private let cross: CrossLayers
    private let inputs: TowerInputs
    let click: Tower
    let conversion: Tower

    private static let embeddingName = "embedding"

    /// Random weights, the same for the same seed on every machine.
    ///
    /// - Parameter type: float64 in gradient checks.
    init(_ shape: Shape, seed: UInt64, type: ElementType = .float32) throws {
        self.shape = shape
        let network = shape.network
        var maker = WeightMaker(seed: seed, type: type)
        embedding = try maker.normal(Self.embeddingName, [shape.rowCount, shape.width], deviation: 0.05)
        codes =
            shape.codesPerUser > 0
            ? try maker.normal("codes", [shape.codesPerUser * shape.codeCount, shape.width], deviation: 0.05)
            : nil
        crosses = try shape.crossCount.map {
            try maker.normal(
                "similarCrosses", [$0 * SimilarCrosses.bucketCount, shape.width], deviation: 0.05)
        }
        codeCrosses =
            shape.crossesCodes == true
            ? try maker.normal("codeCrosses", [CodeCrosses.rowCount, shape.width], deviation: 0.05) : nil
        history = try SequencePooling(
            "history", network, width: shape.behaviorWidth, length: shape.historyLength, &maker)
        similar =
            shape.similarLength > 0
            ? try SequencePooling(
                "similar", network, width: shape.behaviorWidth, length: shape.similarLength, &maker) : nil
        cross = try CrossLayers("cross", width: shape.inputWidth, count: network.crossLayers, &maker)
        inputs = try TowerInputs(network, from: shape.inputWidth, &maker)
        let width = TowerInputs.width(network, from: shape.inputWidth)
        click = try Tower("click", from: width, hidden: network.towerWidths, &maker)
        conversion = try Tower("conversion", from: width, hidden: network.towerWidths, &maker)
        parameters = maker.parameters
        dense = maker.parameters.without(Self.embeddingName)
    }

    /// Logits a and b of the towers, `[B]` each.
    ///
    /// - Parameters:
    ///   - rows: what the batch's indices mean: the embedding table, or the rows of it that the batch
    ///     touches, `[R, E]`.
    ///   - dropout: in training.
    func callAsFunction(_ batch: RankingBatch, rows: Tensor, dropout: Dropout? = nil) throws -> (
        click: Tensor, conversion: Tensor
    ) {
        let embedded = try rows.embedding(batch.fields).reshaped(batch.count, -1)  // [B, F·E]
        let candidate = try embedded.slice(1, 0..<shape.behaviorWidth)  // item, L2, L3
        let places =
            batch.sharesSequences ? try batch.fields.slice(1, 0..<FeatureFields.ofBehavior).contiguous() : nil
        var parts = [embedded, try pool(batch.history, candidate, rows, history, sharedPlaces: places)]
        if let codes, let userCodes = batch.codes {
            parts.append(try codes.embedding(userCodes).reshaped(batch.count, -1))
        }
        if let similar, let sequence = batch.similar {
            parts.append(try pool(sequence, candidate, rows, similar, sharedPlaces: places))
        }
        if let lists = batch.lists {
            let values = try rows.embedding(lists.rows)  // [B, V, K, E]
            let weights = try lists.weights.to(rows.elementType)
            parts.append(try (values * weights).sum(axis: 2).reshaped(batch.count, -1))
        }
        if let crosses, let rows = batch.crosses {
            parts.append(try crosses.embedding(rows).reshaped(batch.count, -1))
        }
        if let codeCrosses, let rows = batch.codeCrosses {
            let values = try codeCrosses.embedding(rows)  // [B, M, E]
            parts.append(try values.sum(axis: 1) * (1 / Double(shape.codesPerUser)))
        }
        let features = try cross(Tensor.concatenated(parts, axis: 1))  // [B, inputWidth]
        let input = try inputs(features)
        return (
            try click(input.click, dropout: dropout), try conversion(input.conversion, dropout: dropout)
        )
    }

    /// Logits of one user's candidates, `[N]` each: what all candidates share is multiplied once.
    ///
    /// - Parameters:
    ///   - batch: shares its sequences.
    ///   - towers: made of this network.
    func shared(_ batch: RankingBatch, _ towers: SharedTowers) throws -> (click: Tensor, conversion: Tensor) {
        let embedded = try embedding.embedding(batch.fields).reshaped(batch.count, -1)  // [N, F·E]
        let candidate = try embedded.slice(1, 0..<shape.behaviorWidth).contiguous()
        let places = try batch.fields.slice(1, 0..<FeatureFields.ofBehavior).contiguous()
        var own = try towers.ownFields.map { try embedded.slice(1, $0) }
        own.append(try pool(batch.history, candidate, embedding, history, sharedPlaces: places))
        if let similar, let sequence = batch.similar {
            own.append(try pool(sequence, candidate, embedding, similar, sharedPlaces: places))
        }
        var common = [try embedded.slice(0, 0..<1).slice(1, towers.userFields)]  // [1, …]
        if let codes, let userCodes = batch.codes {
            common.append(try codes.embedding(userCodes.slice(0, 0..<1)).reshaped(1, -1))
        }
        return try towers(
            own: Tensor.concatenated(own, axis: 1), common: Tensor.concatenated(common, axis: 1), click,
            conversion)
    }

    private func pool(
        _ sequence: SequenceBatch, _ candidate: Tensor, _ rows: Tensor, _ pooling: SequencePooling,
        sharedPlaces places: Tensor?
    ) throws -> Tensor {
        let (batch, length, width) = try sequence.rows.shape3
        let type = try rows.elementType
        if case .din(let unit) = pooling, let places, batch == 1 {
            // One user's candidates: no behaviour is padding.
            return length == 0
                ? try Tensor.zeros(candidate.shape)
                : try unit.shared(
                    candidate: candidate, rows: places, behaviors: sequence.rows.reshaped(length, width),
                    table: rows)
        }
        return try pooling(
            candidate: candidate, sequence: rows.embedding(sequence.rows).reshaped(batch, length, -1),
            mask: sequence.mask.to(type), isPresent: sequence.isPresent.to(type))
    }
}
