import Pipeline
import Torch

/// A trained ESMM ranker with all that it needs to score.
public final class Ranker {
    let network: ESMM
    let builder: FeatureBuilder
    let correction: SamplingCorrection
    let enhanced: EnhancedFeatures
    /// Scaling of the logits; set when training ends.
    var calibration = RankerCalibration.none

    /// - Throws: `RankingModelError.features` when the feature groups are not those of the network.
    init(
        _ network: ESMM, _ builder: FeatureBuilder, correction: SamplingCorrection, enhanced: EnhancedFeatures
    ) throws {
        let shape = network.shape
        try enhanced.check(against: builder.data)
        guard enhanced.codesPerUser == shape.codesPerUser, enhanced.codeCount == shape.codeCount,
            enhanced.hasSequences == (shape.similarLength > 0),
            enhanced.crossCount == shape.crossCount ?? 0,
            enhanced.crossesCodes == (shape.crossesCodes == true)
        else {
            func groups(_ codes: Int, _ values: Int, _ similar: Bool, _ crosses: Int, _ crossed: Bool)
                -> String
            {
                "\(codes) codes of \(values) values\(crossed ? ", crossed" : ""), "
                    + "\(similar ? "" : "no ")similar "
                    + "sequences and \(crosses) crosses"
            }
            throw RankingModelError.features(
                expected: groups(
                    shape.codesPerUser, shape.codeCount, shape.similarLength > 0, shape.crossCount ?? 0,
                    shape.crossesCodes == true),
                found: groups(
                    enhanced.codesPerUser, enhanced.codeCount, enhanced.hasSequences, enhanced.crossCount,
                    enhanced.crossesCodes))
        }
        self.network = network
        self.builder = builder
        self.correction = correction
        self.enhanced = enhanced
    }

    /// pCTR and pCTCVR on all impressions, one a row.
    public struct Scores: Sendable, Equatable {
        /// P(click), `[N]`.
        public var ctr: [Double] = []
        /// P(click ∧ conversion), `[N]`.
        public var ctcvr: [Double] = []

        /// Creates scores of no rows.
        public init() {}

        /// Appends the probabilities of rows' logits, calibrated and then corrected for sampling.
        mutating func append(
            _ logits: (click: Tensor, conversion: Tensor), _ calibration: RankerCalibration,
            _ correction: SamplingCorrection
        ) throws {
            let clicks: [Float] = try logits.click.elements()
            let conversions: [Float] = try logits.conversion.elements()
            for (a, b) in zip(clicks, conversions) {
                let corrected = correction.corrected(
                    clickLogit: calibration.click(Double(a)),
                    conversionLogit: calibration.conversion(Double(b)))
                ctr.append(corrected.ctr)
                ctcvr.append(corrected.ctcvr)
            }
        }
    }

    /// Scores rows, each as of its own moment.
    ///
    /// - Throws: `RankingModelError.unknown` for a user or an item that the data do not have.
    public func scores(_ rows: [RankingRow], batchSize: Int = 1024) throws -> Scores {
        try enhanced.check(against: rows)
        let table = try builder.table(rows)
        var scores = Scores()
        try withoutGrad {
            try onOneThread {
                try forEachBatch(table, batchSize: batchSize) { _, logits in
                    try scores.append(logits, calibration, correction)
                }
            }
        }
        return scores
    }

    /// Logits of all rows of a table in order, a batch at a time.
    func forEachBatch(
        _ table: FeatureTable, batchSize: Int = 1024,
        _ body: (ArraySlice<Int>, (click: Tensor, conversion: Tensor)) throws -> Void
    ) throws {
        let places = Array(0..<table.count)
        for start in stride(from: 0, to: table.count, by: batchSize) {
            let part = places[start..<min(start + batchSize, table.count)]
            let batch = try RankingBatch(BatchRows(table, part, builder, enhanced, network.shape))
            try body(part, network(batch, rows: network.embedding))
        }
    }

    /// Logits of all samples in order with what came of them, a batch at a time.
    func forEachBatch(
        _ samples: SampleStore,
        _ body: (RankerLabels, (click: Tensor, conversion: Tensor)) throws -> Void
    ) throws {
        try samples.forEachWindow { table in
            try forEachBatch(table) { places, logits in try body(RankerLabels(table, places), logits) }
        }
    }

    /// Scores items that a user was not necessarily shown, with what the user had done strictly before
    /// `time`, as if all of them were shown in the usual context, `ContextField.usual`.
    public func scores(user: Int32, items: [Int32], at time: Int64) throws -> Scores {
        let context = builder.data.context.map(\.usual)
        return try scores(
            items.map { RankingRow(user: user, item: $0, time: time, context: context) })
    }

    /// CTCVR of `scores(user:items:at:)`, Eq. (4).
    public func ctcvr(user: Int32, items: [Int32], at time: Int64) throws -> [Double] {
        try scores(user: user, items: items, at: time).ctcvr
    }
}

/// Runs `body` on the processor with one thread an operation: those of a batch are too small to be shared
/// between threads, and results then do not depend on the number of threads.
func onOneThread<Result>(_ body: () throws -> Result) throws -> Result {
    try TorchRuntime.onOneThread { try Device.cpu.making(body) }
}
