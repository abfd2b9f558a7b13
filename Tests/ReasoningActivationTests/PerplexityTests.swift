import Foundation
import ReasoningActivation
import TestSupport
import Testing

@Suite("Eq. (1), perplexity") struct PerplexityTests {
    @Test("an answer of two tokens with probabilities 1/2 and 1/8 has perplexity 4")
    func perplexityWorkedByHand() throws {
        let score = try AnswerScore(logProbabilities: [log(0.5), log(0.125)])
        #expect(score.tokenCount == 2)
        #expect(difference(score.logLikelihood, -4 * log(2)) < 1e-15)
        #expect(difference(score.perplexity, 4) < 1e-15)
    }

    private struct Inputs: Decodable, Sendable { let logProbabilities: [Double] }
    private struct Expected: Decodable, Sendable {
        let logLikelihood: Double
        let perplexity: Double
    }

    @Test("scores match the reference") func scoresMatchReference() throws {
        let cases = try Golden.cases("eq01", Inputs.self, Expected.self)
        #expect(cases.count >= 8)
        for example in cases {
            let score = try AnswerScore(logProbabilities: example.inputs.logProbabilities)
            let found = [score.logLikelihood, score.perplexity]
            let expected = [example.expected.logLikelihood, example.expected.perplexity]
            #expect(relativeDifference(found, expected) < Tolerance.float64, "\(example.name)")
        }
    }

    @Test(
        "perplexity is at least 1, ignores order and repetition, and falls as a token gets likelier",
        arguments: 0..<20)
    func perplexityIgnoresOrder(
        seed: Int
    ) throws {
        var random = TestRandom(seed: seed)
        let values = random.values(Int.random(in: 1...30, using: &random), in: -9...0)
        let score = try AnswerScore(logProbabilities: values)
        #expect(score.perplexity >= 1, "seed \(seed)")
        let shuffled = try AnswerScore(logProbabilities: values.shuffled(using: &random))
        #expect(difference(shuffled.perplexity, score.perplexity) < 1e-12 * score.perplexity, "seed \(seed)")
        let twice = try AnswerScore(logProbabilities: values + values)
        #expect(difference(twice.perplexity, score.perplexity) < 1e-12 * score.perplexity, "seed \(seed)")
        var likelier = values
        likelier[0] += 0.5
        #expect(try AnswerScore(logProbabilities: likelier).perplexity < score.perplexity, "seed \(seed)")
    }

    @Test("the derivative by a token's log-probability is −PPL / T", arguments: 0..<5)
    func derivativeIsMinusPPLOverT(seed: Int) throws {
        var random = TestRandom(seed: seed)
        let values = random.values(4, in: -2...0)
        let gradient = try centralDifferences(at: values) { try AnswerScore(logProbabilities: $0).perplexity }
        let score = try AnswerScore(logProbabilities: values)
        #expect(
            difference(gradient, values.map { _ in -score.perplexity / 4 }) < Tolerance.centralDifference,
            "seed \(seed)")
    }

    @Test("an answer without tokens has no perplexity") func emptyAnswerHasNoPerplexity() throws {
        let error = try #require(throws: (any Error).self) { try AnswerScore(logProbabilities: []) }
        #expect("\(error)".contains("no token"))
    }
}

@Suite("R of §2.2.1") struct PerplexityThresholdTests {
    private struct Inputs: Decodable, Sendable { let perplexities: [Double] }
    private struct Expected: Decodable, Sendable {
        let threshold: Double
        let retained: [Int]
    }
    private struct File: Decodable { let thresholdCases: [GoldenCase<Inputs, Expected>] }

    @Test("the reference's median keeps the chains of thought strictly below it")
    func medianKeepsLowPerplexities() throws {
        let cases = try Golden.read("eq01", as: File.self).thresholdCases
        #expect(cases.count >= 4)
        for example in cases {
            let values = example.inputs.perplexities
            let threshold = PerplexityThreshold.value(values, share: 0.5)
            #expect(difference(threshold, example.expected.threshold) < Tolerance.float64, "\(example.name)")
            #expect(
                values.indices.filter { values[$0] < threshold } == example.expected.retained,
                "\(example.name)")
        }
    }

    @Test("other quantiles lie between neighbouring values") func quantilesInterpolate() {
        let values = [4, 1, 3, 2, 5] as [Double]
        #expect(PerplexityThreshold.value(values, share: 0) == 1)
        #expect(PerplexityThreshold.value(values, share: 1) == 5)
        #expect(PerplexityThreshold.value(values, share: 0.25) == 2)
        #expect(difference(PerplexityThreshold.value(values, share: 0.3), 2.2) < 1e-12)
        #expect(difference(PerplexityThreshold.value(values, share: 0.9), 4.6) < 1e-12)
        #expect(PerplexityThreshold.value([.infinity, 1, .infinity], share: 0.75) == .infinity)
    }
}
