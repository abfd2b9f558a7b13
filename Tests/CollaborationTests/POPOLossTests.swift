import Collaboration
import Foundation
import Pipeline
import TestSupport
import Testing

@Suite("Eq. (8), POPO loss") struct POPOLossTests {
    /// A step of rollouts, whichever golden file it is from.
    private struct Step {
        var loss: POPOLoss
        var new: [[[Double]]]
        var old: [[[Double]]]?
        var reference: [[[Double]]]?
        var advantages: [[Double]]
        var masked: [[Bool]]
    }

    private struct Found {
        var loss = 0.0
        var kl = 0.0
        var clippedLow = 0
        var clippedHigh = 0
        /// `[N][G][T]`, zeros for masked rollouts.
        var gradient: [[[Double]]] = []
    }

    private static func loss(
        _ form: PolicyLossForm, clip: ClosedRange<Double> = 0.8...1.2, klCoefficient: Double = 0,
        klEstimator: KLEstimator = .k3, maximumTokens: Int = 8
    ) -> POPOLoss {
        var configuration = CollaborateConfiguration()
        configuration.loss = form
        configuration.clipLow = 1 - clip.lowerBound
        configuration.clipHigh = clip.upperBound - 1
        configuration.klCoefficient = klCoefficient
        configuration.klEstimator = klEstimator
        configuration.maximumTokens = maximumTokens
        return POPOLoss(configuration)
    }

    private func evaluate(_ step: Step) -> Found {
        let lengths = zip(step.new, step.masked).map { zip($0, $1).map { $1 ? 0 : $0.count } }
        let shares = step.loss.shares(lengths: lengths)
        var found = Found()
        for (n, group) in step.new.enumerated() {
            found.gradient.append([])
            for (i, tokens) in group.enumerated() {
                guard !step.masked[n][i] else {
                    found.gradient[n].append(tokens.map { _ in 0 })
                    continue
                }
                let terms = step.loss.terms(
                    new: tokens[...], old: step.old?[n][i][...], reference: step.reference?[n][i][...],
                    advantage: step.advantages[n][i], share: shares[n][i])
                let beta = step.loss.klCoefficient
                found.loss += terms.policy + beta * terms.kl
                found.kl += terms.kl
                found.clippedLow += terms.clippedLow
                found.clippedHigh += terms.clippedHigh
                found.gradient[n].append(zip(terms.policySlopes, terms.klSlopes).map { $0 + beta * $1 })
            }
        }
        return found
    }

    private func one(
        new: [Double], old: [Double]?, reference: [Double]? = nil, advantage: Double, _ loss: POPOLoss
    ) -> Found {
        evaluate(
            Step(
                loss: loss, new: [[new]], old: old.map { [[$0]] }, reference: reference.map { [[$0]] },
                advantages: [[advantage]], masked: [[false]]))
    }

    @Test("one token: the minimum of ρÂ and its clipped value, minus β KL")
    func oneTokenWorkedByHand() {
        // ρ = 3/2 is clipped to 6/5 for a good rollout: no gradient. A bad one is not clipped there.
        let good = one(new: [log(0.75)], old: [log(0.5)], advantage: 2, Self.loss(.grpo))
        #expect(difference(good.loss, -2.4) < 1e-15)
        #expect(good.gradient == [[[0]]])
        #expect((good.clippedLow, good.clippedHigh) == (0, 1))
        let bad = one(new: [log(0.75)], old: [log(0.5)], advantage: -2, Self.loss(.grpo))
        #expect(difference(bad.loss, 3) < 1e-15)
        #expect(difference(bad.gradient[0][0], [3]) < 1e-15)
        #expect((bad.clippedLow, bad.clippedHigh) == (0, 0))
        // ρ = 1/2 of a bad rollout is clipped to 4/5.
        let low = one(new: [log(0.25)], old: [log(0.5)], advantage: -2, Self.loss(.grpo))
        #expect(difference(low.loss, 1.6) < 1e-15)
        #expect((low.clippedLow, low.clippedHigh) == (1, 0))
        let two = log(2.0)
        // π = 1/2, π_ref = 1: k1 = −log 2, k2 = ½ log² 2, k3 = 2 − log 2 − 1.
        for (estimator, kl) in [
            (KLEstimator.k1, -two), (.k2, two * two / 2), (.k3, 1 - two),
        ] {
            let found = one(
                new: [log(0.5)], old: nil, reference: [0], advantage: 0,
                Self.loss(.grpo, klCoefficient: 0.5, klEstimator: estimator))
            #expect(difference(found.kl, kl) < 1e-15 && difference(found.loss, kl / 2) < 1e-15)
        }
    }

    private struct Inputs: Decodable, Sendable {
        let new: [[[Double]]]
        let old: [[[Double]]]
        let reference: [[[Double]]]?
        let advantages: [[Double]]
        let klCoefficient: Double
        let klEstimator: String
        let loss: String
        // eq08.json
        let clipRange: Double?
        let clipRangeHigh: Double?
        let maximumLength: Int?
        // eq08_losses.json
        let clipLow: Double?
        let clipHigh: Double?
        let maximumTokens: Int?
        let masked: [[Bool]]?

        func step() throws -> Step {
            let low = try #require(clipLow ?? clipRange)
            let high = try #require(clipHigh ?? clipRangeHigh)
            let name = loss == "drGRPO" ? "dr_grpo" : loss
            return Step(
                loss: POPOLossTests.loss(
                    try #require(PolicyLossForm(rawValue: name)), clip: 1 - low...1 + high,
                    klCoefficient: klCoefficient,
                    klEstimator: try #require(KLEstimator(rawValue: klEstimator)),
                    maximumTokens: try #require(maximumTokens ?? maximumLength)),
                new: new, old: old, reference: reference, advantages: advantages,
                masked: masked ?? new.map { $0.map { _ in false } })
        }
    }

    private struct Expected: Decodable, Sendable {
        let loss: Double
        let gradient: [[[Double]]]
        let kl: Double
        let clippedFraction: Double?
        let clippedLow: Int?
        let clippedHigh: Int?
    }

    @Test(
        "losses, gradients, KL terms and clipped tokens match the reference",
        arguments: ["eq08", "eq08_losses"])
    func lossesMatchReference(file: String) throws {
        let cases = try Golden.cases(file, Inputs.self, Expected.self)
        #expect(cases.count >= (file == "eq08" ? 9 : 20))
        for example in cases {
            let (step, expected) = (try example.inputs.step(), example.expected)
            let found = evaluate(step)
            let tokens = step.new.joined().reduce(0) { $0 + $1.count }
            #expect(difference(found.loss, expected.loss) < Tolerance.float64, "\(example.name)")
            #expect(difference(found.kl, expected.kl) < Tolerance.float64, "\(example.name)")
            let gradient = { (all: [[[Double]]]) in Array(all.joined().joined()) }
            #expect(
                difference(gradient(found.gradient), gradient(expected.gradient)) < Tolerance.float64,
                "\(example.name)")
            if let low = expected.clippedLow, let high = expected.clippedHigh {
                #expect((found.clippedLow, found.clippedHigh) == (low, high), "\(example.name)")
            }
            if let share = expected.clippedFraction {
                let clipped = Double(found.clippedLow + found.clippedHigh) / Double(tokens)
                #expect(difference(clipped, share) < Tolerance.float64, "\(example.name)")
            }
        }
    }

    @Test("gradients match central differences, for every loss form and KL estimator")
    func gradientsMatchCentralDifferences() throws {
        for example in try Golden.cases("eq08_losses", Inputs.self, Expected.self)
        where example.inputs.new != example.inputs.old {
            let step = try example.inputs.step()
            let point = Array(step.new.joined().joined())
            let reference = centralDifferences(at: point) { moved in
                var rest = moved[...]
                var shifted = step
                shifted.new = step.new.map { group in
                    group.map { rollout in
                        defer { rest = rest.dropFirst(rollout.count) }
                        return Array(rest.prefix(rollout.count))
                    }
                }
                return evaluate(shifted).loss
            }
            let gradient = Array(evaluate(step).gradient.joined().joined())
            #expect(difference(gradient, reference) < Tolerance.centralDifference, "\(example.name)")
        }
    }

    @Test(
        "on policy every loss form has the plain policy gradient and needs no old log-probabilities",
        arguments: PolicyLossForm.allCases)
    func onPolicyGradientIsPlain(form: PolicyLossForm) throws {
        let example = try #require(
            try Golden.cases("eq08_losses", Inputs.self, Expected.self)
                .first { $0.name == "\(form.rawValue), on policy" })
        var step = try example.inputs.step()
        step.loss.klCoefficient = 0
        step.reference = nil
        let known = evaluate(step)
        step.old = nil
        let own = evaluate(step)
        let flat = { (found: Found) in Array(found.gradient.joined().joined()) }
        #expect(difference(flat(known), flat(own)) < 1e-15)
        #expect(difference(known.loss, own.loss) < 1e-15)
        #expect(flat(own).contains { abs($0) > 1e-3 } && own.clippedLow + own.clippedHigh == 0)
        // −share · Â for each token.
        let lengths = zip(step.new, step.masked).map { zip($0, $1).map { $1 ? 0 : $0.count } }
        let shares = step.loss.shares(lengths: lengths)
        var expected: [Double] = []
        for (n, group) in step.new.enumerated() {
            for (i, tokens) in group.enumerated() {
                let slope = step.masked[n][i] ? 0 : -shares[n][i] * step.advantages[n][i]
                expected += tokens.map { _ in slope }
            }
        }
        #expect(difference(flat(own), expected) < 1e-15)
    }

    @Test("a rollout's tokens may be evaluated in parts", arguments: PolicyLossForm.allCases)
    func rolloutsMayBeEvaluatedInParts(form: PolicyLossForm) {
        var random = TestRandom(seed: 3)
        let (new, old, reference) = (random.values(9), random.values(9), random.values(9))
        let loss = Self.loss(form, klCoefficient: 0.3)
        // A ratio of the whole rollout needs the whole rollout; without old there is none.
        let past = form == .gspo ? nil : old
        func terms(_ range: Range<Int>) -> POPOLoss.Terms {
            loss.terms(
                new: new[range], old: past?[range], reference: reference[range], advantage: 0.7, share: 0.1)
        }
        let (whole, first, second) = (terms(0..<9), terms(0..<4), terms(4..<9))
        #expect(difference(whole.policy, first.policy + second.policy) < 1e-15)
        #expect(difference(whole.kl, first.kl + second.kl) < 1e-15)
        #expect(whole.policySlopes == first.policySlopes + second.policySlopes)
        #expect(whole.klSlopes == first.klSlopes + second.klSlopes)
    }

    @Test("a wider clip range never lowers the objective, and k2 and k3 are positive", arguments: 0..<20)
    func widerClipNeverLowersTheObjective(seed: Int) {
        var random = TestRandom(seed: seed)
        let (new, old, reference) = (random.values(8), random.values(8), random.values(8))
        let advantage = random.values(1)[0]
        for form in PolicyLossForm.allCases {
            let narrow = one(
                new: new, old: old, advantage: advantage, Self.loss(form, clip: 0.9...1.1)
            ).loss
            let wide = one(new: new, old: old, advantage: advantage, Self.loss(form, clip: 0.7...1.3)).loss
            #expect(wide <= narrow + 1e-12, "\(form), seed \(seed)")
        }
        for estimator in [KLEstimator.k2, .k3] {
            let found = one(
                new: new, old: old, reference: reference, advantage: 0,
                Self.loss(.grpo, klCoefficient: 1, klEstimator: estimator))
            #expect(found.kl > 0, "\(estimator), seed \(seed)")
            #expect(difference(found.loss, found.kl) < 1e-12, "\(estimator), seed \(seed)")
        }
    }
}
