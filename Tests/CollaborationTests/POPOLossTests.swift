import Collaboration
import Foundation
import Pipeline
import TestSupport
import Testing
import Torch

@Suite("Eq. (8), POPO loss") struct POPOLossTests {
    private struct Inputs: Decodable, Sendable {
        let new: [[[Double]]]
        let old: [[[Double]]]
        let reference: [[[Double]]]
        let advantages: [[Double]]
        let clipRange: Double
        let clipRangeHigh: Double
        let klCoefficient: Double
        let klEstimator: String
        let loss: String
    }
    private struct Expected: Decodable, Sendable {
        let loss: Double
        let gradient: [[[Double]]]
        let kl: Double
        let clippedFraction: Double
    }

    /// A step's loss, gradient by `new` (all groups one after another), KL term and share of clipped tokens.
    private struct Found {
        var loss = 0.0
        var gradient: [Double] = []
        var kl = 0.0
        var clippedFraction = 0.0
    }

    private func evaluate(_ inputs: Inputs, usesReference: Bool = true) throws -> Found {
        let loss = POPOLoss(
            clipRange: inputs.clipRange, klCoefficient: inputs.klCoefficient,
            klEstimator: try #require(KLEstimator(rawValue: inputs.klEstimator)))
        var found = Found()
        for group in inputs.new.indices {
            func flat(_ values: [[[Double]]]) throws -> Tensor {
                let row = Array(values[group].joined())
                return try Tensor.from(row, shape: [row.count])
            }
            let new = try flat(inputs.new)
            try new.setRequiresGrad(true)
            let value = try loss(
                new: new, old: flat(inputs.old), reference: usesReference ? flat(inputs.reference) : nil,
                advantages: inputs.advantages[group], lengths: inputs.new[group].map(\.count),
                groupCount: inputs.new.count)
            try value.loss.backward()
            found.loss += try value.loss.item()
            found.gradient += try #require(try new.gradient).elements(Double.self)
            found.kl += value.kl
            found.clippedFraction += Double(value.clippedTokens)
        }
        found.clippedFraction /= Double(found.gradient.count)
        return found
    }

    private func cases() throws -> [GoldenCase<Inputs, Expected>] {
        try Golden.cases("eq08", Inputs.self, Expected.self)
            .filter { $0.inputs.loss == "grpo" && $0.inputs.clipRange == $0.inputs.clipRangeHigh }
    }

    private func inputs(
        new: [Double], old: [Double], reference: [Double], advantage: Double, clipRange: Double = 0.2,
        klCoefficient: Double = 0, klEstimator: String = "k3"
    ) -> Inputs {
        Inputs(
            new: [[new]], old: [[old]], reference: [[reference]], advantages: [[advantage]],
            clipRange: clipRange,
            clipRangeHigh: clipRange, klCoefficient: klCoefficient, klEstimator: klEstimator, loss: "grpo")
    }

    @Test("one token: the smaller of ρÂ and its clipped value, less β KL")
    func oneTokenTheSmallerOfAndItsClippedValue() throws {
        // ρ = 3/2 is clipped to 6/5 for a good rollout: no gradient. A bad one is not clipped there.
        let good = try evaluate(inputs(new: [log(0.75)], old: [log(0.5)], reference: [0], advantage: 2))
        #expect(difference(good.loss, -2.4) < 1e-15)
        #expect(good.gradient == [0])
        #expect(good.clippedFraction == 1)
        let bad = try evaluate(inputs(new: [log(0.75)], old: [log(0.5)], reference: [0], advantage: -2))
        #expect(difference(bad.loss, 3) < 1e-15)
        #expect(difference(bad.gradient, [3]) < 1e-15)
        #expect(bad.clippedFraction == 0)
        // k3 with r = π_ref/π = 2: 2 − 1 − log 2; its derivative by log π is 1 − r = −1.
        let drift = try evaluate(
            inputs(
                new: [log(0.25)], old: [log(0.25)], reference: [log(0.5)], advantage: 0, klCoefficient: 0.5))
        #expect(difference(drift.kl, 1 - log(2)) < 1e-15)
        #expect(difference(drift.loss, 0.5 * (1 - log(2))) < 1e-15)
        #expect(difference(drift.gradient, [-0.5]) < 1e-15)
    }

    @Test("loss, gradient, KL and clipped share are those of the reference")
    func lossGradientKLAndClippedShareAreThoseOf() throws {
        let cases = try cases()
        #expect(cases.count >= 11, "the plain form of Eq. (8) with a symmetric clip")
        #expect(Set(cases.map(\.inputs.klEstimator)) == ["k1", "k2", "k3"])
        #expect(cases.count { $0.expected.clippedFraction > 0.05 } >= 6, "examples with clipped tokens")
        #expect(cases.contains { $0.inputs.new == $0.inputs.old }, "an example on policy")
        #expect(
            cases.contains { $0.inputs.new.joined().contains(where: \.isEmpty) }, "a rollout without tokens")
        for example in cases {
            let found = try evaluate(example.inputs)
            let expected = example.expected
            #expect(difference(found.loss, expected.loss) < Tolerance.float64, "\(example.name)")
            #expect(difference(found.kl, expected.kl) < Tolerance.float64, "\(example.name)")
            #expect(
                difference(found.clippedFraction, expected.clippedFraction) < Tolerance.float64,
                "\(example.name)")
            let gradient = Array(expected.gradient.joined().joined())
            #expect(difference(found.gradient, gradient) < Tolerance.float64, "\(example.name)")
        }
    }

    @Test("gradients are the central differences") func gradientsAreTheCentralDifferences() throws {
        for example in try cases() where example.inputs.new != example.inputs.old {
            let inputs = example.inputs
            let gradient = try evaluate(inputs).gradient
            let point = Array(inputs.new.joined().joined())
            let reference = try centralDifferences(at: point) { moved in
                var rest = moved[...]
                let new = inputs.new.map { group in
                    group.map { rollout in
                        defer { rest = rest.dropFirst(rollout.count) }
                        return Array(rest.prefix(rollout.count))
                    }
                }
                return try evaluate(
                    Inputs(
                        new: new, old: inputs.old, reference: inputs.reference, advantages: inputs.advantages,
                        clipRange: inputs.clipRange, clipRangeHigh: inputs.clipRangeHigh,
                        klCoefficient: inputs.klCoefficient, klEstimator: inputs.klEstimator,
                        loss: inputs.loss)
                ).loss
            }
            #expect(difference(gradient, reference) < Tolerance.centralDifference, "\(example.name)")
        }
    }

    @Test("on policy the gradient is that of the plain policy gradient, not zero")
    func onPolicyTheGradientIsThatOfThePlain() throws {
        let example = try #require(try cases().first { $0.name == "on policy" })
        let inputs = example.inputs
        let found = try evaluate(inputs, usesReference: false)
        var expected: [Double] = []
        for (group, rollouts) in inputs.new.enumerated() {
            for (index, tokens) in rollouts.enumerated() {
                let share = Double(inputs.new.count * rollouts.count * tokens.count)
                expected += tokens.map { _ in -inputs.advantages[group][index] / share }
            }
        }
        #expect(difference(found.gradient, expected) < 1e-12)
        #expect(found.gradient.contains { abs($0) > 1e-3 })
        #expect(found.clippedFraction == 0)
        #expect(found.kl == 0)
    }

    @Test("a wider clip never lowers the objective, and k2 and k3 are positive", arguments: 0..<20)
    func aWiderClipNeverLowersTheObjectiveAndK2(seed: Int) throws {
        var random = TestRandom(seed: seed)
        let (new, old, reference) = (random.values(8), random.values(8), random.values(8))
        let advantage = random.values(1)[0]
        let narrow = try evaluate(
            inputs(new: new, old: old, reference: reference, advantage: advantage, clipRange: 0.1)
        ).loss
        let wide = try evaluate(
            inputs(new: new, old: old, reference: reference, advantage: advantage, clipRange: 0.3)
        ).loss
        #expect(wide <= narrow + 1e-12, "seed \(seed)")
        for estimator in ["k2", "k3"] {
            let found = try evaluate(
                inputs(
                    new: new, old: old, reference: reference, advantage: 0, klCoefficient: 1,
                    klEstimator: estimator))
            #expect(found.kl > 0, "\(estimator), seed \(seed)")
            #expect(difference(found.loss, found.kl) < 1e-12, "\(estimator), seed \(seed)")
        }
    }
}
