public import Foundation
import ModelFiles
public import Pipeline
import Torch

extension Ranker {
    /// Writes the features of impressions as plain tensors, for another program to train or score on:
    /// `fields` int32 `[N, F]` and `history` int32 `[N, L, 3]`, rows of the embedding table; `mask` float32
    /// `[N, L]`; Multi-valued fields are left out. `click` and `conversion` float32 `[N]`; `starts` int32 `[F
    /// + 1]`, the first row of each field and the number of all rows. A behaviour's three rows belong to the
    /// fields 0, 1 and 2.
    public func writeFeatures(of impressions: [Impression], to file: URL) throws {
        let table = try builder.table(impressions.map(RankingRow.init))
        let batch = BatchRows(
            table, Array(impressions.indices)[...], builder, .none, network.shape.withoutEnhancement)
        let (count, length) = (batch.count, network.shape.historyLength)
        let labels = RankerLabels(impressions)
        var starts: [Int32] = [0]
        for field in builder.vocabulary.fields {
            starts.append(starts[starts.count - 1] + Int32(field.values.count) + 1)
        }
        try SafetensorsFile.write(
            [
                ("fields", Tensor.from(batch.fields, shape: [count, network.shape.fieldCount])),
                (
                    "history",
                    Tensor.from(batch.history.rows, shape: [count, length, FeatureFields.ofBehavior])
                ),
                ("mask", Tensor.from(batch.history.mask, shape: [count, length])),
                ("click", Tensor.from(labels.clicks, shape: [count])),
                ("conversion", Tensor.from(labels.conversions, shape: [count])),
                ("starts", Tensor.from(starts, shape: [starts.count])),
            ], to: file)
    }
}

extension ESMM.Shape {
    /// The baseline's.
    fileprivate var withoutEnhancement: ESMM.Shape {
        var shape = self
        (shape.codesPerUser, shape.codeCount, shape.similarLength, shape.crossCount) = (0, 0, 0, nil)
        shape.crossesCodes = nil
        return shape
    }
}
