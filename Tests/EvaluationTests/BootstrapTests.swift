import TestSupport
import Testing

@testable import Evaluation

@Suite struct BootstrapTests {
    @Test("the generator is SplitMix64") func generatorIsSplitMix64() {
        // First outputs for seed 1234567, from the published reference code.
        var generator = ResamplingGenerator(seed: 1_234_567)
        #expect(generator.next() == 6_457_827_717_110_365_317)
        #expect(generator.next() == 3_203_168_211_198_807_973)
    }

    @Test("draws stay below the bound and are uniform") func drawsAreUniformBelowTheBound() {
        var generator = ResamplingGenerator(seed: 3)
        let draws = (0..<7_000).map { _ in generator.next(below: 7) }
        let counts = (0..<7).map { value in draws.count { $0 == value } }
        // 1,000 expected each; five standard deviations are 146.
        #expect(counts.allSatisfy { abs($0 - 1_000) < 150 }, "\(counts)")
        #expect(counts.reduce(0, +) == 7_000)
    }

    @Test("percentiles interpolate linearly") func percentilesInterpolate() {
        #expect(percentile(0, ofSorted: [1, 2, 4]) == 1)
        #expect(percentile(0.75, ofSorted: [1, 2, 4]) == 3)
        #expect(percentile(1, ofSorted: [1, 2, 4]) == 4)
    }

    @Test("the same seed gives the same interval, another seed a different one")
    func intervalDependsOnTheSeed() throws {
        var random = TestRandom(seed: 8)
        let values = (0..<50).map { _ in random.unit() }
        let first = try Bootstrap(resampleCount: 200, seed: 1).mean(of: values)
        #expect(try Bootstrap(resampleCount: 200, seed: 1).mean(of: values) == first)
        #expect(try Bootstrap(resampleCount: 200, seed: 2).mean(of: values) != first)
        #expect(abs(first.estimate - values.reduce(0, +) / 50) < 1e-12)
        #expect(first.lower < first.estimate && first.estimate < first.upper)
    }

    @Test("the interval is as wide as the standard error predicts") func widthMatchesStandardError()
        throws
    {
        var random = TestRandom(seed: 21)
        let values = (0..<400).map { _ in random.unit() }
        let interval = try Bootstrap(resampleCount: 2_000, seed: 5).mean(of: values)
        // A uniform variable has σ = 1/√12: 2 × 1.96 × σ / 20 = 0.0566.
        #expect(abs((interval.upper - interval.lower) - 0.0566) < 0.006)
        let narrow = try Bootstrap(resampleCount: 2_000, confidence: 0.5, seed: 5).mean(of: values)
        #expect(abs((narrow.upper - narrow.lower) - 0.0566 * 0.6745 / 1.96) < 0.003)
    }

    @Test("a 90 % interval covers the true mean about 90 % of the time")
    func intervalCoversTheTrueMean() throws {
        var covered = 0
        for seed in 1...300 {
            var random = TestRandom(seed: seed)
            let values = (0..<40).map { _ in random.unit() + random.unit() }
            let interval = try Bootstrap(resampleCount: 300, confidence: 0.9, seed: UInt64(seed)).mean(
                of: values)
            if interval.lower <= 1, 1 <= interval.upper { covered += 1 }
        }
        // 270 expected; three standard deviations are 16, and a percentile interval of 40 values is a little
        // narrow.
        #expect((248...287).contains(covered), "seeds 1...300 covered \(covered)")
    }

    @Test("a paired difference ignores what both models have in common")
    func pairedDifferenceIgnoresCommonPart() throws {
        var random = TestRandom(seed: 4)
        let common = (0..<60).map { _ in 100 * random.unit() }
        let better = common.map { $0 + 1 + 0.1 * random.unit() }
        let interval = try Bootstrap(resampleCount: 300, seed: 1).meanDifference(of: better, minus: common)
        #expect(interval.lower > 1 && interval.upper < 1.1)
        #expect(throws: EvaluationError.count(of: "reference", expected: 60, found: 1)) {
            try Bootstrap(seed: 1).meanDifference(of: better, minus: [1])
        }
    }

    @Test(
        "a model's difference from itself is zero, from a worse one larger than noise",
        arguments: [RankingMetric.auc, .gauc, .logLoss])
    func modelDiffersOnlyFromAnother(metric: RankingMetric)
        throws
    {
        var data = RandomImpressions(seed: 12, count: 2_000, userCount: 40)
        let worse = try data.prepared()
        var random = TestRandom(seed: 13)
        for index in data.labels.indices {
            data.scores[index] = (data.labels[index] ? 0.3 : 0.1) + 0.3 * random.unit()
        }
        let better = try data.prepared()
        let bootstrap = Bootstrap(resampleCount: 100, seed: 2)
        let none = try bootstrap.difference(of: metric, between: [better], minus: [better])
        #expect(none.estimate == 0 && none.lower == 0 && none.upper == 0)
        let some = try bootstrap.difference(of: metric, between: [better], minus: [worse])
        #expect(metric == .logLoss ? some.upper < 0 : some.lower > 0)
        let interval = try bootstrap.interval(of: metric, over: [better])
        #expect(interval.estimate == better.value(of: metric))
        #expect(interval.lower < interval.upper)
        #expect(interval.lower <= interval.estimate && interval.estimate <= interval.upper)
    }

    @Test("a gain that only some users have is larger among them than among all")
    func gainOfSomeUsersIsTold() throws {
        var data = RandomImpressions(seed: 31, count: 3_000, userCount: 60)
        let reference = try data.prepared()
        let members = Set(reference.users.prefix(30))
        var random = TestRandom(seed: 32)
        for index in data.labels.indices where members.contains(data.users[index]) {
            data.scores[index] = (data.labels[index] ? 0.4 : 0.1) + 0.3 * random.unit()
        }
        let model = try data.prepared()
        let bootstrap = Bootstrap(resampleCount: 100, seed: 2)
        func extra(_ users: Set<Int32>) throws -> BootstrapInterval? {
            try bootstrap.gainDifference(of: .auc, between: [model], minus: [reference], within: users)
        }
        let own = try #require(try extra(members))
        let others = try #require(try extra(Set(reference.users).subtracting(members)))
        let all = try #require(try extra(Set(reference.users)))
        #expect(own.lower > 0 && others.upper < 0, "\(own) \(others)")
        #expect(all.estimate == 0 && all.lower == 0 && all.upper == 0)
        #expect(try extra([-1]) == nil)
    }

    @Test("several models of the same impressions count as their mean") func severalModels() throws {
        let labels = (0..<60).map { $0 % 3 == 0 }
        let users = (0..<60).map { Int32($0 / 6) }
        func model(_ shift: Int) throws -> ImpressionScores {
            try ImpressionScores(
                scores: (0..<60).map { Double(($0 * 7 + shift * ($0 % 3)) % 61) / 61 }, labels: labels,
                users: users)
        }
        let (first, second, other) = (try model(1), try model(5), try model(9))
        let bootstrap = Bootstrap(resampleCount: 200, seed: 4)
        let interval = try bootstrap.interval(of: .auc, over: [first, second])
        let values = try [first, second].map { try #require($0.value(of: .auc)) }
        #expect(abs(interval.estimate - (values[0] + values[1]) / 2) < 1e-12)
        let difference = try bootstrap.difference(of: .auc, between: [first, second], minus: [other, other])
        #expect(
            abs(difference.estimate - (interval.estimate - (try #require(other.value(of: .auc))))) < 1e-12)
        let same = try bootstrap.difference(of: .auc, between: [first, second], minus: [second, first])
        #expect(same.lower == 0 && same.upper == 0)
        #expect(throws: EvaluationError.self) { try bootstrap.interval(of: .auc, over: []) }
        let shorter = try ImpressionScores(scores: [0, 1], labels: [true, false], users: [0, 1])
        #expect(throws: EvaluationError.self) { try bootstrap.interval(of: .auc, over: [first, shorter]) }
    }

    @Test("whole users are drawn, so copies of a user's impressions add no certainty")
    func wholeUsersAreDrawn() throws {
        var data = RandomImpressions(seed: 30, count: 300, userCount: 12)
        let once = try data.prepared()
        for _ in 0..<3 {
            data.scores += data.scores
            data.labels += data.labels
            data.users += data.users
            data.weights += data.weights
        }
        let bootstrap = Bootstrap(resampleCount: 200, seed: 6)
        let first = try bootstrap.interval(of: .auc, over: [once])
        let second = try bootstrap.interval(of: .auc, over: [try data.prepared()])
        #expect(abs(first.lower - second.lower) < 1e-9 && abs(first.upper - second.upper) < 1e-9)
    }

    @Test("resamples without a positive are counted") func resamplesWithoutAPositiveAreCounted() throws {
        let rare = try ImpressionScores(
            scores: [0.9, 0.1, 0.2, 0.3], labels: [true, false, false, false], users: [1, 2, 3, 4])
        let interval = try Bootstrap(resampleCount: 1_000, seed: 9).interval(of: .auc, over: [rare])
        // User 1 is missing from (3/4)⁴ = 31.6 % of the resamples, and alone in (1/4)⁴ = 0.4 %.
        #expect((270...370).contains(interval.undefinedCount), "\(interval.undefinedCount)")
        #expect(interval.lower == 1)
    }

    @Test("unpaired comparisons and invalid settings are refused")
    func invalidComparisonsAreRefused() throws {
        let first = try ImpressionScores(scores: [0.9, 0.1], labels: [true, false], users: [1, 2])
        let second = try ImpressionScores(scores: [0.9, 0.1], labels: [true, false], users: [1, 3])
        let bootstrap = Bootstrap(resampleCount: 10, seed: 1)
        #expect(throws: EvaluationError.unpaired(index: 1)) {
            try bootstrap.difference(of: .auc, between: [first], minus: [second])
        }
        let oneClass = try ImpressionScores(scores: [0.9], labels: [true], users: [1])
        #expect(throws: EvaluationError.self) { try bootstrap.interval(of: .auc, over: [oneClass]) }
        #expect(throws: EvaluationError.self) { try bootstrap.mean(of: []) }
        #expect(throws: EvaluationError.self) { try bootstrap.mean(of: [.nan]) }
        #expect(throws: EvaluationError.self) { try Bootstrap(confidence: 1, seed: 1).mean(of: [1]) }
        #expect(throws: EvaluationError.self) { try Bootstrap(resampleCount: 0, seed: 1).mean(of: [1]) }
    }

    @Test("a lift is a ratio of sums minus one, paired, and undefined for a reference of zero")
    func liftIsRatioOfSumsMinusOne() throws {
        let bootstrap = Bootstrap(resampleCount: 200, seed: 1)
        let reference = [1.0, 2, 3, 4]
        let double = try #require(try bootstrap.lift(of: reference.map { 2 * $0 }, over: reference))
        #expect(double.estimate == 1 && double.lower == 1 && double.upper == 1, "paired: no spread")
        let some = try #require(try bootstrap.lift(of: [2, 2, 2, 2], over: reference))
        #expect(abs(some.estimate + 0.2) < 1e-12 && some.lower < -0.2 && some.upper > -0.2)
        #expect(try bootstrap.lift(of: [1, 1], over: [0, 0]) == nil)
        #expect(throws: EvaluationError.self) { try bootstrap.lift(of: [1], over: [1, 1]) }
    }
}
