import Foundation
import LanguageModels
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
