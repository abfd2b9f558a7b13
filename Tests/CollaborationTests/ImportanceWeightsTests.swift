import Foundation
import LanguageModels
import Pipeline
import TestSupport
import Testing
import Torch
import TorchNN

@testable import Collaboration

@Suite("Importance weights of rounded rollouts") struct ImportanceWeightsTests {
    private static func loss(cap: Double = 2, _ form: PolicyLossForm = .grpo) -> POPOLoss {
        POPOLoss(
            TinyPolicy.configuration {
                $0.rolloutWeights = .int8
                $0.importanceCap = cap
                $0.loss = form
            })
    }

    @Test("a weight is π over μ, and at most the cap")
    func weightIsTheTruncatedRatio() {
        let (old, drawn): ([Double], [Double]) = (
            [log(0.5), log(0.2), log(0.9)], [log(0.4), log(0.3), log(0.1)]
        )
        let found = ImportanceWeights(cap: 3)(old: old[...], drawn: drawn[...])
        #expect(difference(found, [1.25, 2.0 / 3, 3]) < 1e-12)
        #expect(
            difference(ImportanceWeights(cap: 1)(old: old[...], drawn: drawn[...]), [1, 2.0 / 3, 1]) < 1e-12)
    }

    @Test(
        "the policy term of each token is multiplied by its weight, the KL term is not",
        arguments: PolicyLossForm.allCases, [false, true])
    func termsAreMultiplied(form: PolicyLossForm, isLater: Bool) {
        var random = TestRandom(seed: 4)
        let (new, past, reference) = (random.values(7), random.values(7), random.values(7))
        let drawn = random.values(7)
        let old: ArraySlice<Double>? = isLater ? past[...] : nil
        let loss = Self.loss(cap: 1.2, form)
        func terms(_ drawn: ArraySlice<Double>?) -> POPOLoss.Terms {
            loss.terms(
                new: new[...], old: old, reference: reference[...], drawn: drawn, advantage: 0.7, share: 0.1)
        }
        let (plain, found) = (terms(nil), terms(drawn[...]))
        let weights = zip(isLater ? past : new, drawn).map { min(1.2, exp($0 - $1)) }
        #expect(weights.contains(1.2) && weights.contains { $0 < 1 })
        #expect(difference(found.policySlopes, zip(plain.policySlopes, weights).map { $0 * $1 }) < 1e-15)
        #expect(found.klSlopes == plain.klSlopes && found.kl == plain.kl)
        #expect(found.clippedLow == plain.clippedLow && found.clippedHigh == plain.clippedHigh)
        // The policy's own rollouts have weights of 1, and a run of float32 has none.
        let own = loss.terms(
            new: new[...], old: nil, reference: nil, drawn: new[...], advantage: 0.7, share: 0.1)
        let without = loss.terms(new: new[...], old: nil, reference: nil, advantage: 0.7, share: 0.1)
        #expect(own == without)
        #expect(POPOLoss(TinyPolicy.configuration()).importance == nil)
    }

    /// Σ μ(o) w(o) slope(o) = Σ π(o) slope(o) where nothing is truncated: an expectation over all tokens.
    @Test("the expected gradient under μ is that under π")
    func expectedGradientIsThePolicysOwn() {
        var random = TestRandom(seed: 9)
        func distribution() -> [Double] {
            let numbers = random.values(12, in: 0.2...1)
            return numbers.map { $0 / numbers.reduce(0, +) }
        }
        let (policy, sampling) = (distribution(), distribution())
        let advantages = random.values(12)
        func gradient(under weights: [Double], cap: Double, corrected: Bool) -> [Double] {
            weights.indices.map { token in
                let (new, drawn) = ([log(policy[token])], [log(sampling[token])])
                return weights[token]
                    * Self.loss(cap: cap).terms(
                        new: new[...], old: nil, reference: nil, drawn: corrected ? drawn[...] : nil,
                        advantage: advantages[token], share: 1
                    ).policySlopes[0]
            }
        }
        let exact = gradient(under: policy, cap: 100, corrected: false)
        let corrected = gradient(under: sampling, cap: 100, corrected: true)
        let biased = gradient(under: sampling, cap: 100, corrected: false)
        #expect(difference(corrected, exact) < 1e-12)
        #expect(difference(biased, exact) > 1e-3)
        #expect(difference(gradient(under: sampling, cap: 1, corrected: true), exact) > 1e-3)
    }

    /// An update of rollouts that `drawn` gives log-probabilities of.
    private func outcome(
        _ weights: GenerationWeights, drawn: ([[[Float]]]) -> [[[Float]]]
    ) throws -> (outcome: PolicyTrainer.Outcome, weights: [[Float]]) {
        let configuration = TinyPolicy.configuration {
            $0.rolloutWeights = weights
            $0.temperature = 0.7
        }
        let decoder = try TinyPolicy.model().decoder
        let groups = try TinyPolicy.groups()
        let rollouts = try PackedRollouts(groups, isLeftOut: TinyPolicy.none, maximumTokens: 16)
        let logs = try RolloutGradients.logProbabilities(rollouts, under: decoder, temperature: 0.7)
        var own = groups.map { $0.continuations.map { [Float](repeating: 0, count: $0.count) } }
        for rollout in rollouts.rollouts { own[rollout.group][rollout.place] = Array(logs[rollout.tokens]) }
        var trainer = try PolicyTrainer(policy: decoder, reference: TinyPolicy.reference(), configuration)
        var timer = PhaseTimer()
        let outcome = try trainer.update(
            groups, isTruncated: TinyPolicy.none, rewards: TinyPolicy.rewards(), drawn: drawn(own), step: 0,
            timer: &timer)
        return (outcome, try decoder.weights.tensors.map { try $0.elements(Float.self) })
    }

    @Test("a step tells how far the rollouts' weights are, and corrects for them where they are rounded")
    func stepCorrectsForMismatch() throws {
        let shifted: ([[[Float]]]) -> [[[Float]]] = { $0.map { $0.map { $0.map { $0 + 0.25 } } } }
        let exact = try outcome(.int8) { $0 }
        let found = try #require(exact.outcome.mismatch)
        #expect(abs(found.divergence) < 1e-6 && abs(found.meanWeight - 1) < 1e-5 && found.truncatedShare == 0)
        let plain = try outcome(.float32, drawn: shifted)
        let seen = try #require(plain.outcome.mismatch)
        #expect(abs(seen.divergence - 0.25) < 1e-5 && seen.meanWeight == 1 && seen.truncatedShare == 0)
        let corrected = try outcome(.int8, drawn: shifted)
        let known = try #require(corrected.outcome.mismatch)
        #expect(abs(known.divergence - 0.25) < 1e-5 && abs(known.meanWeight - exp(-0.25)) < 1e-5)
        #expect(corrected.outcome.loss != plain.outcome.loss && corrected.weights != plain.weights)
        let truncated = try outcome(.int8) { $0.map { $0.map { $0.map { $0 - 1 } } } }
        #expect(truncated.outcome.mismatch?.truncatedShare == 1)
        #expect(truncated.outcome.mismatch?.meanWeight == 2)
    }
}
