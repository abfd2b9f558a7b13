import Foundation
import Pipeline

/// What a ranker is trained on and stopped by, made once for all rankers that differ in their feature groups
/// alone.
public struct RankerSamples: Sendable {
    let builder: FeatureBuilder
    let training: SampleStore
    /// The latest impressions, which are kept out to stop by.
    let validation: SampleStore
    /// The first row of the smallest time, in the order of the source.
    let earliest: (row: Int, time: Int64)

    /// Samples to train on.
    public var count: Int { training.count }
    /// The smallest time of an impression.
    public var earliestTime: Int64 { earliest.time }

    /// Goes through the impressions two times, three with a validation share.
    ///
    /// - Parameters:
    ///   - folder: where samples are kept that are too many for memory.
    ///   - window: samples that are in memory at once.
    /// - Throws: `RankingModelError` for no impressions, or some that do not fit the data or come in another
    ///   order; what the source throws.
    init(
        _ source: some ImpressionSource, _ data: RankingData, schema: FeatureConfiguration,
        _ configuration: RankerConfiguration, title: String, spillingTo folder: URL,
        window: Int = SampleStore.defaultWindow
    ) throws {
        let fields = try FeatureFields(data, schema)
        let latest = try LatestImpressions(source, share: configuration.validationShare)
        var counter = VocabularyCounter(data, historyLength: configuration.historyLength)
        var earliest = (row: -1, time: Int64.max)
        try Self.visit(source, data, latest) { row, impression, isLate, state in
            if impression.time < earliest.time || row == 0 { earliest = (row, impression.time) }
            if !isLate { counter.add(RankingRow(impression), state) }
        }
        guard earliest.row >= 0 else { throw RankingModelError.noImpressions(title: title) }
        let builder = FeatureBuilder(
            data,
            vocabulary: counter.vocabulary(fields, minimumCount: configuration.network.minimumCount),
            fields: fields)
        var training = SampleStore(builder.emptyTable, window: window, spillingTo: folder)
        var validation = training
        try Self.visit(source, data, latest) { _, impression, isLate, state in
            let row = RankingRow(impression)
            let moments = builder.moments(row, state)
            func add(to table: inout FeatureTable) {
                table.append(
                    row, eventCount: state.eventCount, isClick: impression.isClick,
                    isConversion: impression.isConversion, moments: moments)
            }
            if isLate { try validation.append(add) } else { try training.append(add) }
        }
        try training.finish()
        try validation.finish()
        (self.builder, self.training, self.validation) = (builder, training, validation)
        self.earliest = earliest
    }

    private static func visit(
        _ source: some ImpressionSource, _ data: RankingData, _ latest: LatestImpressions,
        _ body: (_ row: Int, Impression, _ isLate: Bool, UserState) throws -> Void
    ) throws {
        var latest = latest
        var walk = UserStateWalk(data)
        var row = 0
        try source.forEachImpression { impression in
            let next = RankingRow(impression)
            guard walk.isInOrder(next) else { throw RankingModelError.order(number: row + 1) }
            let isLate = latest.take(impression.time)
            try walk.visit(next) { try body(row, impression, isLate, $0) }
            row += 1
        }
    }
}

/// Tells which impressions are the latest of all; of those at the same time, the last.
private struct LatestImpressions {
    /// All impressions after it are late.
    private var time = Int64.max
    /// How many at that time are not.
    private var early = Int.max

    /// - Parameter share: of all impressions, in [0, 1).
    init(_ source: some ImpressionSource, share: Double) throws {
        guard share > 0 else { return }
        var counts: [Int64: Int] = [:]
        try source.forEachImpression { counts[$0.time, default: 0] += 1 }
        var left = Int(Double(counts.values.reduce(0, +)) * share)
        for (time, count) in counts.sorted(by: { $0.key > $1.key }) where left > 0 {
            (self.time, early) = (time, max(0, count - left))
            left -= count
        }
    }

    /// Whether the next impression is late.
    mutating func take(_ time: Int64) -> Bool {
        guard time == self.time else { return time > self.time }
        early -= 1
        return early < 0
    }
}
