public import Foundation
import Pipeline
import Torch
import TorchNN

/// A trained ESMM ranker with all that it needs to score.
public final class Ranker {
    let builder: FeatureBuilder
    private let network: ESMM
    private let correction: SamplingCorrection
    private let enhanced: EnhancedFeatures
    private let rowsOfItem: [[Int64]]

    /// What is saved beside the weights.
    private struct Description: Codable {
        let shape: ESMM.Shape
        let vocabulary: FeatureVocabulary
        let historyLength: Int
        let correction: SamplingCorrection
    }

    init(
        _ network: ESMM, _ vocabulary: FeatureVocabulary, _ data: RankingData, historyLength: Int,
        correction: SamplingCorrection, enhanced: EnhancedFeatures
    ) {
        self.network = network
        self.correction = correction
        self.enhanced = enhanced
        let builder = FeatureBuilder(data, vocabulary: vocabulary, historyLength: historyLength)
        self.builder = builder
        rowsOfItem = data.items.indices.map { item in
            builder.itemValues(Int32(item)).enumerated().map { Int64(vocabulary.row($0, $1)) }
        }
    }

    /// pCTR and pCTCVR on all impressions, one a row.
    public struct Scores: Sendable, Equatable {
        /// P(click), `[N]`.
        public var ctr: [Double] = []
        /// P(click ∧ conversion), `[N]`.
        public var ctcvr: [Double] = []
    }

    /// Scores rows, each as of its own moment.
    public func scores(_ rows: [RankingRow], batchSize: Int = 2048) throws -> Scores {
        try withoutGrad {
            let table = builder.table(rows)
            let places = Array(rows.indices)
            var scores = Scores()
            for start in stride(from: 0, to: rows.count, by: batchSize) {
                let logits = try network(batch(table, places[start..<min(start + batchSize, rows.count)]))
                let clicks: [Float] = try logits.click.elements()
                let conversions: [Float] = try logits.conversion.elements()
                for (a, b) in zip(clicks, conversions) {
                    let corrected = correction.corrected(clickLogit: Double(a), conversionLogit: Double(b))
                    scores.ctr.append(corrected.ctr)
                    scores.ctcvr.append(corrected.ctcvr)
                }
            }
            return scores
        }
    }

    /// CTCVR of items that a user was not necessarily shown, as if all of them stood in the same, neutral placement: not
    /// on display, on an inner page of the mailer (the most common of all promotions).
    public func ctcvr(user: Int32, items: [Int32], at time: Int32) throws -> [Double] {
        try scores(
            items.map { RankingRow(user: user, item: $0, time: time, display: "0", mailer: "A") }
        ).ctcvr
    }

    func batch(_ table: FeatureTable, _ places: ArraySlice<Int>) throws -> RankingBatch {
        try RankingBatch(table, places, enhanced: enhanced, rowsOfItem: rowsOfItem)
    }

    /// Writes `ranker.json` and `ranker.safetensors` into a folder.
    public func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let description = Description(
            shape: network.shape, vocabulary: builder.vocabulary, historyLength: builder.historyLength,
            correction: correction)
        try AtomicFile.write(description, json: folder.appending(path: "ranker.json"))
        try SafetensorsFile.write(
            network.parameters.named(), to: folder.appending(path: "ranker.safetensors"))
    }

    /// Reads what `write` wrote; a ranker with enhanced features needs them again.
    public convenience init(_ folder: URL, _ data: RankingData, enhanced: EnhancedFeatures = .none) throws {
        let description = try AtomicFile.read(Description.self, json: folder.appending(path: "ranker.json"))
        let network = try ESMM(description.shape, seed: 0)
        try network.parameters.load(
            from: SafetensorsFile(folder.appending(path: "ranker.safetensors")))
        self.init(
            network, description.vocabulary, data, historyLength: description.historyLength,
            correction: description.correction, enhanced: enhanced)
    }
}
