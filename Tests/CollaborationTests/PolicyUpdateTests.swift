import Foundation
import LanguageModels
import Pipeline
import TestSupport
import Testing
import Torch
import TorchNN

@testable import Collaboration

@Suite("One policy update with a shared prompt") struct PolicyUpdateTests {
    /// The gradient of Eq. (8) by libtorch's graph, one rollout with its own copy of the prompt at a time.
    private func plainGradient(
        _ decoder: Decoder, _ configuration: CollaborateConfiguration, advantages: [[Double]],
        old: [[[Float]]]?
    ) throws -> (loss: Double, gradient: [[Double]]) {
        let (groups, loss) = (try TinyPolicy.groups(), POPOLoss(configuration))
        let shares = loss.shares(lengths: groups.map { $0.continuations.map(\.count) })
        let reference = try TinyPolicy.reference()
        var total = 0.0
        try decoder.parameters.setTrainable(true)
        for (n, group) in groups.enumerated() {
            for (i, continuation) in group.continuations.enumerated() {
                let alone = try PackedGroup(prompt: group.prompt, continuations: [continuation])
                let new = try decoder.logProbabilities(alone).values
                let values: [Float] = try new.detached().elements()
                let referenceValues: [Float] = try withoutGrad {
                    try reference.logProbabilities(alone).values.elements()
                }
                let terms = loss.terms(
                    new: values[...], old: old?[n][i][...], reference: referenceValues[...],
                    advantage: advantages[n][i], share: shares[n][i])
                let factors = zip(terms.policySlopes, terms.klSlopes).map {
                    Float($0 + configuration.klCoefficient * $1)
                }
                try (new * Tensor.from(factors, shape: [factors.count])).sum().backward()
                total += terms.policy + configuration.klCoefficient * terms.kl
            }
        }
        let gradient = try decoder.parameters.takeGradients().map {
            try $0.elements(Float.self).map(Double.init)
        }
        return (total, gradient)
    }

    @Test(
        "a shared prompt gives the loss and every gradient of one prompt per rollout, for every loss form",
        arguments: PolicyLossForm.allCases, [false, true])
    func sharedPromptKeepsLossAndGradients(form: PolicyLossForm, isLater: Bool) throws {
        let configuration = TinyPolicy.configuration { $0.loss = form }
        let decoder = try TinyPolicy.model().decoder
        let advantages = GroupAdvantages(mixed(TinyPolicy.rewards(), weights: [0.3, 0.7])).values
        var random = TestRandom(seed: 2)
        let shared = try TinyPolicy.update(decoder, configuration)
        // Log-probabilities of an older policy, some far enough away to be clipped.
        let own = try RolloutGradients.logProbabilities(shared.rollouts, under: decoder, temperature: 1)
        let flat = isLater ? zip(own, random.values(own.count, in: -0.9...0.9)).map { $0 + Float($1) } : nil
        var old: [[[Float]]]?
        if let flat {
            var rest = flat[...]
            old = try TinyPolicy.groups().map { group in
                group.continuations.map { tokens in
                    defer { rest = rest.dropFirst(tokens.count) }
                    return Array(rest.prefix(tokens.count))
                }
            }
        }
        let expected = try plainGradient(decoder, configuration, advantages: advantages, old: old)
        for sharesPrompts in [true, false] {
            for tokens in [8, 1000] {
                var settings = configuration
                settings.microBatchTokens = tokens
                let update = try TinyPolicy.update(decoder, settings, sharesPrompts: sharesPrompts)
                let pass = try update.gradients(of: [.init(advantages: advantages)], old: flat)
                let value = try update.value(pass.logProbabilities, old: flat, advantages: advantages)
                #expect(difference(value.loss, expected.loss) < 1e-5)
                #expect(
                    TinyPolicy.distance(try TinyPolicy.numbers(pass.gradients[0]), expected.gradient) < 1e-5,
                    "shared \(sharesPrompts), parts of \(tokens)")
                if isLater { #expect(value.clippedLow + value.clippedHigh > 0) }
            }
        }
    }

    @Test(
        "after some steps, a shared prompt gives the weights of one prompt per rollout",
        arguments: [WeightingConfiguration.Method.fixed, .popo], RewardMixing.allCases)
    func sharedPromptKeepsWeightsAfterSteps(
        method: WeightingConfiguration.Method, mixing: RewardMixing
    ) throws {
        let configuration = TinyPolicy.configuration {
            $0.weighting.method = method
            $0.mixing = mixing
            $0.updateEpochs = 2
        }
        let results = try [true, false].map { shares in
            let decoder = try TinyPolicy.model().decoder
            var trainer = try PolicyTrainer(
                policy: decoder, reference: TinyPolicy.reference(), configuration, sharesPrompts: shares)
            var timer = PhaseTimer()
            for step in 0..<2 {
                _ = try trainer.update(
                    TinyPolicy.groups(), isTruncated: TinyPolicy.none,
                    rewards: TinyPolicy.rewards(seed: step), step: step, timer: &timer)
            }
            try decoder.parameters.setTrainable(false)
            return (
                trainer.weights.values,
                try decoder.weights.tensors.map { try $0.elements(Float.self).map(Double.init) }
            )
        }
        #expect(difference(results[0].0, results[1].0) < 1e-6)
        // AdamW turns a gradient near 0 into a step of its sign: the weights' own size is what counts.
        #expect(TinyPolicy.distance(results[0].1, results[1].1) < 1e-3)
        let start = try TinyPolicy.model().decoder.weights.tensors.map {
            try $0.elements(Float.self).map(Double.init)
        }
        #expect(TinyPolicy.distance(results[0].1, start) > 1e-3, "the steps change the weights")
    }

    @Test(
        "the update from the backward passes of Eq. (6) is the gradient of the mixture",
        arguments: [0, 0.3], [false, true])
    func updateIsTheMixturesGradient(beta: Double, includesKL: Bool) throws {
        for mixing in RewardMixing.allCases {
            for scale in AdvantageScale.allCases {
                let configuration = TinyPolicy.configuration {
                    $0.klCoefficient = beta
                    $0.mixing = mixing
                    $0.advantageScale = scale
                    $0.weighting.method = .popo
                    $0.weighting.includesKL = includesKL
                    $0.weighting.weightLearningRate = 3
                }
                let decoder = try TinyPolicy.model().decoder
                let update = try TinyPolicy.update(decoder, configuration)
                let rewards = TinyPolicy.rewards()
                var weights = RewardWeights(configuration.weighting)
                let found = try TinyPolicy.firstUpdate(update, rewards, &weights, configuration)
                #expect(difference(weights.values, [0.3, 0.7]) > 1e-3, "the weights moved")
                let own = try update.gradients(
                    of: [
                        .init(
                            advantages: AdvantageMixture(configuration)
                                .mixture(rewards, weights: weights.values).values)
                    ], old: nil)
                let distance = TinyPolicy.distance(
                    try TinyPolicy.numbers(found.pass.gradients[0]), try TinyPolicy.numbers(own.gradients[0]))
                #expect(distance < 2e-5, "\(mixing), \(scale), β \(beta), KL in L \(includesKL)")
            }
        }
    }

    @Test(
        "Eq. (6) compares the gradients of each reward's own loss, with and without the KL term",
        arguments: [2, 3])
    func alignmentComparesTheRewardsLosses(count: Int) throws {
        for includesKL in [false, true] {
            let configuration = TinyPolicy.configuration {
                $0.rewards = Array(RewardSource.allCases.prefix(count))
                $0.weighting.method = .popo
                $0.weighting.initialWeights = Array(repeating: 1, count: count)
                $0.weighting.alignmentScale = .none
                $0.weighting.floor = 0
                $0.weighting.includesKL = includesKL
            }
            let decoder = try TinyPolicy.model().decoder
            let update = try TinyPolicy.update(decoder, configuration)
            let rewards = TinyPolicy.rewards(count)
            var weights = RewardWeights(configuration.weighting)
            let before = weights.values
            let found = try #require(
                try TinyPolicy.firstUpdate(update, rewards, &weights, configuration).alignment)
            // Each reward's loss by itself, through libtorch's graph.
            var plain = configuration
            plain.klCoefficient = includesKL ? configuration.klCoefficient : 0
            let gradients = try rewards.map {
                try plainGradient(decoder, plain, advantages: GroupAdvantages($0).values, old: nil).gradient
            }
            let product = { (i: Int, k: Int) in
                zip(gradients[i], gradients[k]).reduce(0.0) { sum, pair in
                    sum + zip(pair.0, pair.1).reduce(0) { $0 + $1.0 * $1.1 }
                }
            }
            for i in 0..<count {
                for k in 0..<count {
                    let scale = (product(i, i) * product(k, k)).squareRoot()
                    #expect(abs(found.products[i][k] - product(i, k)) < 1e-4 * scale, "\(i), \(k)")
                }
            }
            // Σ I = ‖Σ g‖².
            let sum = gradients[0].indices.reduce(0.0) { total, tensor in
                total
                    + gradients[0][tensor].indices.reduce(0.0) { part, place in
                        let all = (0..<count).reduce(0.0) { $0 + gradients[$1][tensor][place] }
                        return part + all * all
                    }
            }
            #expect(abs(found.alignment.reduce(0, +) - sum) < 1e-4 * sum)
            if count == 2 {
                // The ratio moves by (η / μ)(‖g_s‖² − ‖g_id‖²), whatever the angle between them.
                let moved = log(weights.values[0] / weights.values[1]) - log(before[0] / before[1])
                let expected = 0.1 / 1 * (product(0, 0) - product(1, 1))
                #expect(abs(moved - expected) < 1e-3 * abs(expected))
            }
        }
    }

    @Test("with three rewards, the one whose gradient conflicts with the others loses weight")
    func conflictingRewardLosesWeight() throws {
        let configuration = TinyPolicy.configuration {
            $0.rewards = [.semantic, .collaborative, .length]
            $0.klCoefficient = 0
            $0.weighting.method = .popo
            $0.weighting.initialWeights = [1, 1, 1]
        }
        // The third reward is the first one's opposite, the second agrees with the first.
        let first = TinyPolicy.rewards(1)[0]
        let rewards = [first, first.map { $0.map { 0.5 * $0 } }, first.map { $0.map { 1 - $0 } }]
        let update = try TinyPolicy.update(TinyPolicy.model().decoder, configuration)
        var weights = RewardWeights(configuration.weighting)
        let found = try TinyPolicy.firstUpdate(update, rewards, &weights, configuration)
        let alignment = try #require(found.alignment)
        #expect(alignment.cosines[0][2] < -0.999 && alignment.cosines[0][1] > 0.999)
        #expect(weights.values[2] < 1.0 / 3 && weights.values[0] > 1.0 / 3 && weights.values[1] > 1.0 / 3)
    }

    @Test("masked and empty rollouts do not enter the loss but count in their group")
    func maskedRolloutsLeaveTheLoss() throws {
        var groups = try TinyPolicy.groups()
        groups[1] = try PackedGroup(
            prompt: groups[1].prompt, continuations: [[]] + groups[1].continuations.dropFirst())
        var leftOut = TinyPolicy.none
        leftOut[0] = [true, true, true, true]
        leftOut[2][3] = true
        let rollouts = try PackedRollouts(groups, isLeftOut: leftOut, maximumTokens: 16)
        #expect(
            rollouts.lengths[0] == [0, 0, 0, 0] && rollouts.lengths[1][0] == 0 && rollouts.lengths[2][3] == 0)
        #expect(rollouts.rollouts.map(\.group) == [1, 1, 1, 2, 2, 2])
        #expect(rollouts.rollouts.map(\.place) == [1, 2, 3, 0, 1, 2])
        #expect(rollouts.tokenCount == rollouts.lengths.joined().reduce(0, +))
        let loss = POPOLoss(TinyPolicy.configuration())
        #expect(loss.shares(lengths: rollouts.lengths)[1][1] == 1 / (12 * Double(rollouts.lengths[1][1])))
        // Every rollout is masked: no update and no error.
        let all = Array(repeating: Array(repeating: true, count: 4), count: 3)
        let configuration = TinyPolicy.configuration { $0.masksTruncated = true }
        let decoder = try TinyPolicy.model().decoder
        var trainer = try PolicyTrainer(policy: decoder, reference: TinyPolicy.reference(), configuration)
        var timer = PhaseTimer()
        let outcome = try trainer.update(
            TinyPolicy.groups(), isTruncated: all, rewards: TinyPolicy.rewards(), step: 0, timer: &timer)
        #expect(outcome.tokens == 0 && outcome.gradientNorm == 0)
        // Without the mask the same rollouts are trained on.
        var plain = try PolicyTrainer(
            policy: TinyPolicy.model().decoder, reference: TinyPolicy.reference(), TinyPolicy.configuration())
        let trained = try plain.update(
            TinyPolicy.groups(), isTruncated: all, rewards: TinyPolicy.rewards(), step: 0, timer: &timer)
        #expect(trained.tokens > 0 && trained.gradientNorm > 0)
    }

    @Test("in later epochs the ratios differ from 1, and where there are adapters only they are trained")
    func laterEpochsAreOffPolicy() throws {
        let configuration = TinyPolicy.configuration {
            $0.updateEpochs = 4
            $0.learningRate = 0.05
            $0.adapters.rank = 2
        }
        let policy = try TinyPolicy.model()
        let weights = try policy.decoder.weights.tensors.map { try $0.elements(Float.self) }
        try policy.decoder.addAdapters(LowRankConfiguration(rank: 2), seed: 3)
        var trainer = try PolicyTrainer(
            policy: policy.decoder, reference: policy.decoder.withoutAdapters(), configuration)
        var timer = PhaseTimer()
        let outcome = try trainer.update(
            TinyPolicy.groups(), isTruncated: TinyPolicy.none, rewards: TinyPolicy.rewards(), step: 0,
            timer: &timer)
        #expect(outcome.clippedLow + outcome.clippedHigh > 0)
        #expect(outcome.kl == 0, "adapters begin as the reference")
        #expect(try policy.decoder.weights.tensors.map { try $0.elements(Float.self) } == weights)
        #expect(Set(timer.seconds.keys) == ["reference", "gradients", "optimizer"])
    }

    @Test("a reward or loss that is not finite ends the step before any weight changes")
    func nonFiniteRewardEndsTheStep() throws {
        let decoder = try TinyPolicy.model().decoder
        let before = try decoder.weights.tensors.map { try $0.elements(Float.self) }
        var trainer = try PolicyTrainer(
            policy: decoder, reference: TinyPolicy.reference(), TinyPolicy.configuration())
        var rewards = TinyPolicy.rewards()
        rewards[0][1][2] = .nan
        var timer = PhaseTimer()
        let wrong = try #require(throws: CollaborationError.self) {
            try trainer.update(
                TinyPolicy.groups(), isTruncated: TinyPolicy.none, rewards: rewards, step: 6, timer: &timer)
        }
        #expect("\(wrong)".contains("'semantic' of rollout 2 of prompt 1 is nan"))
        // NaN weights in the reference make the KL term NaN.
        let broken = try TinyPolicy.reference()
        try withoutGrad { try broken.weights.tensors[0].scale(by: .nan) }
        var diverging = try PolicyTrainer(policy: decoder, reference: broken, TinyPolicy.configuration())
        let error = try #require(throws: RunError.self) {
            try diverging.update(
                TinyPolicy.groups(), isTruncated: TinyPolicy.none, rewards: TinyPolicy.rewards(), step: 6,
                timer: &timer)
        }
        #expect("\(error)".contains("diverged at step 7"))
        #expect(try decoder.weights.tensors.map { try $0.elements(Float.self) } == before)
    }
}
