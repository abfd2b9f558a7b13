public import Pipeline
public import RankingModels

/// Trains rankers on the window of `rank`: the judge, the enhanced ranker, and those of experiments, which
/// are alike but for their features.
public final class RankingTraining {
    private let run: Run
    private let left: [String]
    private var prepared: (data: RankingData, trainer: RankerTrainer, samples: RankerSamples)?

    /// Nothing is read yet.
    ///
    /// - Parameter fields: fields that no ranker of this training reads, beside `features.without`.
    public init(_ run: Run, without fields: [String] = []) { (self.run, left) = (run, fields) }

    /// Trains one ranker.
    ///
    /// - Parameters:
    ///   - seed: counted from 0; others are further rankers that differ by chance alone.
    ///   - folder: where samples are kept that are too many for memory.
    ///   - enhanced: the feature groups, from the logs and the beginning of the window; none without it.
    public func train(
        title: String, seed: Int = 0, spillingTo folder: some StepOutput,
        enhanced: (_ data: RankingData, _ start: Int64) throws -> EnhancedFeatures = { _, _ in .none }
    ) throws -> Ranker {
        let (data, trainer, samples) = try prepare(folder)
        return try trainer.train(
            samples, enhanced: enhanced(data, samples.earliestTime), seed: self.seed(seed),
            title: "ranker: \(title)", progress: run.progress)
    }

    /// Number of impressions that train each ranker, and the time of the first of them.
    public func window(spillingTo folder: some StepOutput) throws -> (impressions: Int, start: Int64) {
        let samples = try prepare(folder).samples
        return (samples.count, samples.earliestTime)
    }

    private func seed(_ place: Int) -> UInt64 {
        let first = run.configuration.stream(.rankers).state
        return place == 0 ? first : SeededGenerator(seed: first, path: 2, place).state
    }

    private func prepare(
        _ folder: some StepOutput
    ) throws -> (data: RankingData, trainer: RankerTrainer, samples: RankerSamples) {
        if let prepared { return prepared }
        let configuration = run.configuration
        let tables = try run.output(of: Steps.tables)
        let data = try RankingData(tables)
        var schema = configuration.features
        schema.without += left
        let trainer = RankerTrainer(
            data, configuration: configuration.rank.ranker,
            samplingRate: configuration.construct.impressionRate, schema: schema,
            calibrates: configuration.rank.calibration == .platt, seed: seed(0))
        let samples = try trainer.samples(
            ImpressionFile(tables.impressions, data, periods: [.rankerTraining]), title: "ranker",
            spillingTo: folder.folder)
        prepared = (data, trainer, samples)
        return (data, trainer, samples)
    }
}

extension EnhancedFeatures {
    /// Codes and similar users' sequences, §2.4.
    ///
    /// - Parameters:
    ///   - time: where there is one snapshot, only behaviours of similar users before it are lent.
    ///   - hasCodes: whether the ranker reads the codes.
    ///   - hasSequence: whether the ranker reads the similar users' sequence.
    ///   - hasTexts: whether it reads crosses with the text, where the settings have them.
    public init(
        _ features: [FeatureSnapshot], _ data: RankingData, _ configuration: RankConfiguration,
        before time: Int64, hasCodes: Bool = true, hasSequence: Bool = true, hasTexts: Bool = true
    ) {
        self.init(
            features, data, before: time, codeCount: hasCodes ? 1 << configuration.codes.bits : nil,
            sequenceLength: hasSequence ? configuration.similarSequenceLength : nil,
            hasCrosses: hasSequence && configuration.similarCrosses,
            hasTexts: hasTexts && configuration.textCrosses,
            crossesCodes: hasCodes && configuration.codeCrosses)
    }
}
