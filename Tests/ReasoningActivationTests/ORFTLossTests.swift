import Foundation
import ReasoningActivation
import TestSupport
import Testing
import Torch

@testable import LanguageModels

@Suite("Eq. (2), ORFT loss") struct ORFTLossTests {
    private struct Sample: Decodable, Sendable {
        let logits: [[Double]]  // [T, V]
        let tokens: [Int]
        let isPrompt: [Bool]

        /// Positions whose token is predicted.
        var outputs: [Int] { tokens.indices.filter { !isPrompt[$0] } }
    }
    private struct Inputs: Decodable, Sendable { let samples: [Sample] }
    private struct Expected: Decodable, Sendable {
        let loss: Double
        let gradients: [[[Double]]]
    }

    /// Log-probabilities of a sample's output tokens, from its logits alone.
    private func logProbabilities(_ logits: Tensor, _ sample: Sample) throws -> TokenLogProbabilities {
        let outputs = sample.outputs
        let predictors = try Tensor.from(outputs.map { Int64($0 - 1) }, shape: [outputs.count])
        let targets = try Tensor.from(outputs.map { Int64(sample.tokens[$0]) }, shape: [outputs.count, 1])
        let values = try logits.selecting(predictors).logSoftmax(axis: -1).gathering(targets, axis: 1)
        return TokenLogProbabilities(values: try values.reshaped(-1), counts: [outputs.count])
    }

    private func logits(_ sample: Sample) throws -> Tensor {
        try Tensor.from(Array(sample.logits.joined()), shape: [sample.logits.count, sample.logits[0].count])
    }

    /// The batch's loss as the sum of its samples' shares.
    private func loss(_ samples: [Sample], _ logits: [Tensor]) throws -> Tensor {
        try zip(samples, logits).reduce(Tensor.zeros([], type: .float64)) { sum, pair in
            try sum + orftLoss(logProbabilities(pair.1, pair.0), sampleCount: samples.count)
        }
    }

    @Test("samples of two tokens and one cost half the sum of three negative log-probabilities")
    func lossWorkedByHand() throws {
        let first = try Tensor.from([log(0.5), log(0.25)], shape: [2])
        let second = try Tensor.from([log(0.125)], shape: [1])
        let shares = [
            try orftLoss(TokenLogProbabilities(values: first, counts: [2]), sampleCount: 2).item(),
            try orftLoss(TokenLogProbabilities(values: second, counts: [1]), sampleCount: 2).item(),
        ]
        #expect(difference(shares, [1.5 * log(2), 1.5 * log(2)]) < 1e-15)
    }

    @Test("losses and gradients match the reference") func lossesMatchReference()
        throws
    {
        let cases = try Golden.cases("eq02", Inputs.self, Expected.self)
        #expect(cases.count >= 6)
        for example in cases {
            let samples = example.inputs.samples
            let logits = try samples.map(logits)
            for tensor in logits { try tensor.setRequiresGrad(true) }
            let loss = try loss(samples, logits)
            #expect(difference(try loss.item(), example.expected.loss) < Tolerance.float64, "\(example.name)")
            try loss.backward()
            for (index, tensor) in logits.enumerated() {
                let found: [Double] =
                    try tensor.gradient?.elements() ?? [Double](repeating: 0, count: tensor.count)
                let expected = Array(example.expected.gradients[index].joined())
                #expect(difference(found, expected) < Tolerance.float64, "\(example.name), sample \(index)")
            }
        }
    }

    @Test("gradients with respect to the logits match central differences")
    func gradientsMatchCentralDifferences() throws {
        let cases = try Golden.cases("eq02", Inputs.self, Expected.self)
        let example = try #require(cases.first { $0.name.hasPrefix("three samples") })
        let samples = example.inputs.samples
        let logits = try samples.map(logits)
        for tensor in logits { try tensor.setRequiresGrad(true) }
        try loss(samples, logits).backward()
        for (index, tensor) in logits.enumerated() {
            let gradient: [Double] = try #require(try tensor.gradient).elements()
            let reference = try centralDifferences(at: Array(samples[index].logits.joined())) { moved in
                var changed = logits
                changed[index] = try Tensor.from(moved, shape: tensor.shape)
                return try withoutGrad { try loss(samples, changed).item() }
            }
            #expect(difference(gradient, reference) < Tolerance.centralDifference, "sample \(index)")
        }
    }

    @Test("the losses of a batch's parts add up, and uniform scores cost log V per token", arguments: 0..<10)
    func partsAddUp(seed: Int) throws {
        var random = TestRandom(seed: seed)
        let values = random.values(9, in: -5...0)
        let whole = TokenLogProbabilities(values: try Tensor.from(values, shape: [9]), counts: [4, 2, 3])
        let parts = try [(0..<4), (4..<9)].map { range in
            let part = try Tensor.from(Array(values[range]), shape: [range.count])
            return try orftLoss(TokenLogProbabilities(values: part, counts: []), sampleCount: 3).item()
        }
        let sum = parts.reduce(0, +)
        #expect(difference(try orftLoss(whole, sampleCount: 3).item(), sum) < 1e-12, "seed \(seed)")
        let uniform = try Tensor.full([6], -log(11), type: .float64)
        let loss = try orftLoss(TokenLogProbabilities(values: uniform, counts: [6]), sampleCount: 2)
        #expect(difference(try loss.item(), 3 * log(11)) < 1e-12)
    }
}
