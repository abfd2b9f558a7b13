import Foundation
import Pipeline
import Testing

@Suite("Ranges of all settings") struct SettingRangeTests {
    private static let numeric = ConfigurationReference().entries.filter { $0.range != nil }

    /// The error message for a value; nil if it is accepted.
    private func refusal(_ entry: SettingEntry, _ value: String) -> String? {
        let isList = entry.kind == .wholeNumbers || entry.kind == .numbers
        do {
            _ = try ConfigurationReader.read(
                nil, settings: ["\(entry.path)=\(isList ? "[\(value)]" : value)"])
            return nil
        } catch { return error is ConfigurationError ? "\(error)" : "not a ConfigurationError: \(error)" }
    }

    /// Values that a setting must refuse: not finite, too large to be meant, and right outside of its range.
    private func impossibleValues(_ entry: SettingEntry) throws -> [String] {
        let range = try #require(entry.range)
        let isWhole = entry.kind == .wholeNumber || entry.kind == .wholeNumbers
        let step = isWhole ? 1 : 0.001
        var values = [".nan", ".inf", "-.inf", "1e400", "-1e18"]
        values.append(text(range.includesLow ? range.low - step : range.low, isWhole))
        if isWhole { values += ["\(range.low + 0.5)", "99999999999999999999", "\(Int.max)"] }
        // Seeds alone are as large as an integer can be.
        if range.high < 1e18 {
            values.append(text(range.includesHigh ? range.high + step : range.high, isWhole))
        }
        return values
    }

    private func text(_ value: Double, _ isWhole: Bool) -> String { isWhole ? "\(Int(value))" : "\(value)" }

    @Test("every numeric setting refuses impossible values with an error that names its path")
    func everyNumericSettingRefusesImpossibleValues() throws {
        #expect(Self.numeric.count > 80)
        for entry in Self.numeric {
            for value in try impossibleValues(entry) {
                let message = try #require(refusal(entry, value), "\(entry.path) accepts \(value)")
                let names = message.contains("'\(entry.path)'") || message.contains("'\(entry.path).0'")
                #expect(names, "\(entry.path)=\(value): \(message)")
            }
        }
    }

    @Test("the inclusive ends of a range are not refused as out of range")
    func rangeEndsAreAllowed() throws {
        for entry in Self.numeric {
            let range = try #require(entry.range)
            let isWhole = entry.kind == .wholeNumber || entry.kind == .wholeNumbers
            var values = range.includesLow ? [range.low] : [range.low + 0.001]
            if range.includesHigh, range.high < 1e9 { values.append(range.high) }
            for value in values {
                let message = refusal(entry, text(value, isWhole)) ?? ""
                // Rules between settings may refuse it, in other words.
                #expect(!message.contains("expected \(entry.allowed)"), "\(message)")
            }
        }
    }

    @Test("the error for too large a whole number states the limit") func errorStatesTheLimit() throws {
        let seed = try ConfigurationReader.read(nil, settings: ["seed=9223372036854775806"])
        #expect(seed.seed == .max - 1)
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationReader.read(nil, settings: ["collaborate.groupSize=2147483648"])
        }
        #expect("\(try #require(error))".hasSuffix("is 2147483648; expected a whole number, 2 to 2147483647"))
    }

    @Test(
        "faults that would stop a run after hours are found before it starts",
        arguments: [
            ("construct.teacher.batchSize=0", "construct.teacher.batchSize"),
            ("rank.batchSize=0", "rank.batchSize"), ("evaluate.batchSize=-1", "evaluate.batchSize"),
            ("activate.checkpointInterval=0", "activate.checkpointInterval"),
            ("activate.thresholdPercentile=0", "activate.thresholdPercentile"),
            ("evaluate.hitRateDepths=[0]", "evaluate.hitRateDepths"),
            ("evaluate.hitRateDepths=[]", "evaluate.hitRateDepths"),
            ("construct.impressionRate=7", "construct.impressionRate"),
            ("construct.windows.test=30%", "construct.windows.test"),
            ("construct.windows.end=after Easter", "construct.windows.end"),
            ("construct.windows.languageModel=\"\"", "construct.windows.languageModel"),
            ("construct.source.events.unit=pattern", "construct.source.events.pattern"),
            ("construct.source.events.kinds={buy: purchased}", "construct.source.events.kinds.buy"),
            ("construct.source.events.kind=action", "construct.source.events.kinds"),
            ("construct.source.items.format.header=false", "construct.source.items.format.names"),
            ("construct.source.items.format.separator=12345", "construct.source.items.format.separator"),
            ("construct.source.items.categorySeparator=/", "construct.source.items.categorySeparator"),
            ("construct.source.events.files=[a.csv]", "construct.source.items.files"),
            ("construct.source.impressions.labelMark=/", "construct.source.impressions.itemSeparator"),
            ("construct.queryMemory=0", "construct.queryMemory"),
            ("construct.testUsers=5000", "construct.users"),
            ("collaborate.validation.samples=48", "collaborate.validation.samples"),
            ("collaborate.weighting.initialWeights=[0, 1]", "collaborate.weighting.initialWeights"),
            ("collaborate.weighting.initialWeights=[1e308, 1e308]", "collaborate.weighting.initialWeights"),
            ("collaborate.adapters={rank: 2, targets: []}", "collaborate.adapters.targets"),
            ("activate.adapters.targets=[q_proj, q_proj]", "activate.adapters.targets"),
            ("activate.adapters.targets=[q_proj, lm_head]", "activate.adapters.targets.1"),
            ("rank.codes.bits=8", "rank.codes.bits"),
            ("rank.codes.subQuantizers=0", "rank.codes.subQuantizers"),
            ("rank.codes={quantizer: residual, rotates: true}", "rank.codes.rotates"),
            ("rank.calibration=platt", "rank.calibration"), ("experiment.seeds=[7, 7]", "experiment.seeds"),
            ("experiment.seeds=[]", "experiment.seeds"),
        ])
    func faultsAreFoundBeforeARun(setting: String, path: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try ConfigurationReader.read(nil, settings: [setting])
        }
        #expect("\(error)".contains("'\(path)'") && "\(error)".contains("expected"), "\(error)")
    }

    @Test("approximate search with IVF-PQ needs 64 users") func approximateSearchNeedsUsers() throws {
        let few = [
            "construct.users=60", "construct.activateUsers=20", "construct.collaborateUsers=20",
            "construct.testUsers=20",
        ]
        #expect(throws: Never.self) { try ConfigurationReader.read(nil, settings: few) }
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationReader.read(nil, settings: few + ["rank.codes.search=ivfpq"])
        }
        #expect("\(try #require(error))".contains("'rank.codes.search' is ivfpq, which needs 64 users"))
    }

    @Test(
        "drawing with 8-bit weights needs the processor",
        arguments: [
            "construct.teacher.generationWeights", "collaborate.rolloutWeights", "rank.generationWeights",
            "evaluate.generationWeights",
        ]) func roundedWeightsNeedTheProcessor(key: String) throws
    {
        let read = try ConfigurationReader.read(nil, settings: [key + "=int8"])
        #expect(try read.settings(under: [key]).values.sorted() == [#""int8""#])
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationReader.read(nil, settings: [key + "=int8", "device=cuda"])
        }
        #expect("\(try #require(error))".contains("'\(key)' is int8"))
    }

    @Test("a fixed weight may be 0, but not all of them") func fixedWeightMayBeZero() throws {
        let fixed = "collaborate.weighting.method=fixed"
        let weights = { (values: String) in "collaborate.weighting.initialWeights=\(values)" }
        #expect(throws: Never.self) {
            try ConfigurationReader.read(nil, settings: [fixed, weights("[0, 1]")])
        }
        #expect(throws: ConfigurationError.self) {
            try ConfigurationReader.read(nil, settings: [fixed, weights("[0, 0]")])
        }
    }
}
