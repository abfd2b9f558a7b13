import Foundation
import TestSupport
import Testing

@testable import Collaboration

@Suite("Eq. (5), mirror descent") struct MirrorDescentWeightsTests {
    @Test("a lead of log 3 turns equal weights into 3/4 and 1/4") func leadOfLog3Gives3To1() {
        var state = MirrorDescentWeights(initial: [0.5, 0.5])
        state.step(alignment: [2 * log(3), 0], weightLearningRate: 0.25, regularization: 0.5)
        #expect(difference(state.weights, [0.75, 0.25]) < 1e-15)
        state.step(alignment: [0, 2 * log(3)], weightLearningRate: 0.25, regularization: 0.5)
        #expect(difference(state.weights, [0.5, 0.5]) < 1e-15)
    }

    private struct Inputs: Decodable, Sendable {
        let initialWeights: [Double]
        let alignments: [[Double]]
        let learningRates: [Double]
        let regularization: Double
        let scaling: String
        let gradientNorms: [[Double]]
        let floor: Double
        let ceiling: Double
    }
    private struct Expected: Decodable, Sendable { let weights: [[Double]] }

    @Test("trajectories match the reference") func trajectoriesMatchReference() throws {
        let cases = try Golden.cases("eq05", Inputs.self, Expected.self)
        #expect(cases.count >= 16)
        #expect(cases.contains { $0.inputs.floor > 0 } && cases.contains { $0.inputs.scaling == "meanNorm" })
        for example in cases {
            let inputs = example.inputs
            var state = MirrorDescentWeights(initial: inputs.initialWeights)
            for (step, alignment) in inputs.alignments.enumerated() {
                let scaled =
                    inputs.scaling == "meanNorm"
                    ? GradientAlignment.scaled(alignment, byMeanOf: inputs.gradientNorms[step]) : alignment
                state.step(
                    alignment: scaled, weightLearningRate: inputs.learningRates[step],
                    regularization: inputs.regularization,
                    floor: inputs.floor, ceiling: inputs.ceiling)
                #expect(
                    difference(state.weights, example.expected.weights[step]) < Tolerance.float64,
                    "\(example.name), step \(step): \(state.weights)")
            }
        }
    }

    @Test(
        "weights stay on the simplex between the bounds, and a constant added to I changes nothing",
        arguments: 0..<20)
    func weightsStayOnTheSimplex(seed: Int) {
        var random = TestRandom(seed: seed)
        let count = Int.random(in: 2...5, using: &random)
        let initial = random.values(count, in: 0.1...1)
        var (plain, shifted) = (
            MirrorDescentWeights(initial: initial), MirrorDescentWeights(initial: initial)
        )
        for _ in 0..<5 {
            let alignment = random.values(count, in: -4...4)
            plain.step(
                alignment: alignment, weightLearningRate: 0.5, regularization: 0.5, floor: 0.1, ceiling: 0.7)
            shifted.step(
                alignment: alignment.map { $0 + 3 }, weightLearningRate: 0.5, regularization: 0.5, floor: 0.1,
                ceiling: 0.7)
            #expect(difference(plain.weights.reduce(0, +), 1) < 1e-9, "seed \(seed)")
            #expect(plain.weights.allSatisfy { $0 > 0.1 - 1e-9 && $0 < 0.7 + 1e-9 }, "seed \(seed)")
            #expect(difference(plain.weights, shifted.weights) < 1e-9, "seed \(seed)")
        }
    }

    @Test("a step maximizes η⟨w, I⟩ − μ KL(w ‖ w⁻) on the simplex", arguments: 0..<10)
    func stepMaximizesTheObjective(seed: Int) {
        var random = TestRandom(seed: seed)
        let before = MirrorDescentWeights(initial: random.values(3, in: 0.2...1))
        let alignment = random.values(3)
        var after = before
        after.step(alignment: alignment, weightLearningRate: 0.5, regularization: 0.25)
        func objective(_ weights: [Double]) -> Double {
            zip(weights, zip(alignment, before.weights)).reduce(0) {
                $0 + 0.5 * $1.0 * $1.1.0 - 0.25 * $1.0 * log($1.0 / $1.1.1)
            }
        }
        // The first-order condition: along the simplex the derivative vanishes, so all components are equal.
        let gradient = centralDifferences(at: after.weights, of: objective)
        #expect(
            difference(gradient, gradient.map { _ in gradient[0] }) < Tolerance.centralDifference,
            "seed \(seed)")
    }

    @Test("a weight of 0 stays 0 and survives a checkpoint", arguments: [[0.0, 1], [1, 0]])
    func weightOfZeroStaysZero(initial: [Double]) throws {
        var state = MirrorDescentWeights(initial: initial)
        #expect(state.weights == initial)
        state.step(alignment: [3, 3], weightLearningRate: 1, regularization: 0.1)
        #expect(state.weights == initial)
        let restored = try JSONDecoder().decode(MirrorDescentWeights.self, from: JSONEncoder().encode(state))
        #expect(restored == state)
    }

    @Test("the state is restored from its JSON bit for bit") func stateSurvivesJSON() throws {
        var state = MirrorDescentWeights(initial: [0.3, 0.7])
        state.step(alignment: [0.1, 0.7], weightLearningRate: 0.1, regularization: 1)
        let restored = try JSONDecoder().decode(MirrorDescentWeights.self, from: JSONEncoder().encode(state))
        #expect(restored == state)
    }
}
