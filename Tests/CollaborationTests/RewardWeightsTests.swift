import Foundation
import Pipeline
import TestSupport
import Testing
import Torch

@testable import Collaboration

@Suite("w⁽ᵗ⁾ under every weighting method") struct RewardWeightsTests {
    private let rewards = [[[0.0, 2.0], [2.0, 0.0]], [[2.0, 4.0], [4.0, 2.0]]]

    private func configuration(
        _ method: WeightingConfiguration.Method, initial: [Double] = [0.25, 0.75], floor: Double = 0
    ) -> WeightingConfiguration {
        var configuration = WeightingConfiguration()
        configuration.method = method
        configuration.initialWeights = initial
        configuration.floor = floor
        return configuration
    }

    /// The weights after each of some steps, each with the gradients of `alignment`.
    private func weights(
        _ configuration: WeightingConfiguration, steps: Int, rewards: RewardTable? = nil,
        alignment: (Int) throws -> GradientAlignment? = { _ in nil }
    ) throws -> [[Double]] {
        var weights = RewardWeights(configuration)
        return try (0..<steps).map { step in
            switch configuration.rule(at: step) {
            case .fixed: break
            case .scheduled: weights.interpolate(configuration, step: step, of: steps)
            case .popoLight: weights.followVariation(rewards ?? self.rewards, configuration)
            case .popo: weights.descend(try #require(try alignment(step)), configuration)
            }
            return weights.values
        }
    }

    @Test("fixed weights stay and need no gradients") func fixedWeightsStayAndNeedNoGradients() throws {
        let found = try weights(configuration(.fixed), steps: 3)
        #expect(found.allSatisfy { difference($0, [0.25, 0.75]) < 1e-15 })
    }

    @Test("scheduled weights move from the first to the last values in equal parts")
    func scheduledWeightsMoveInEqualParts() throws {
        var settings = configuration(.scheduled, initial: [1, 3])
        settings.finalWeights = [3, 1]
        let found = try weights(settings, steps: 5)
        #expect(difference(found.map { $0[0] }, [0.25, 0.375, 0.5, 0.625, 0.75]) < 1e-15)
        #expect(found.allSatisfy { difference($0.reduce(0, +), 1) < 1e-15 })
        settings.warmUpSteps = 2
        #expect(
            difference(try weights(settings, steps: 5).map { $0[0] }, [0.25, 0.25, 0.25, 0.5, 0.75]) < 1e-15)
    }

    @Test("popo-light reads the rewards and needs no gradients")
    func popoLightReadsTheRewardsAndNeedsNoGradients() throws {
        var settings = configuration(.popoLight)
        settings.stabilizer = 0
        #expect(difference(try weights(settings, steps: 1)[0], [0.75, 0.25]) < 1e-15)
        // Half of the running mean: ½ (¼, ¾) + ½ (¾, ¼), and so on.
        settings.smoothing = 0.5
        #expect(difference(try weights(settings, steps: 2).map { $0[0] }, [0.5, 0.625]) < 1e-15)
        settings.smoothing = 0
        (settings.floor, settings.ceiling) = (0.1, 0.6)
        #expect(difference(try weights(settings, steps: 1)[0], [0.6, 0.4]) < 1e-9)
        // A reward that does not vary keeps the floor.
        let flat = [rewards[0], rewards[1].map { $0.map { _ in 1 } }]
        settings.ceiling = 1
        #expect(difference(try weights(settings, steps: 1, rewards: flat)[0], [0.9, 0.1]) < 1e-9)
    }

    @Test("popo follows the gradients between floor and ceiling")
    func popoFollowsTheGradientsBetweenFloorAndCeiling() throws {
        var settings = configuration(.popo, initial: [0.5, 0.5], floor: 0.05)
        settings.weightLearningRate = 1
        let found = try weights(settings, steps: 41) { try $0 < 40 ? orthogonal(2, 1) : orthogonal(1, 2) }
        #expect(difference(found[39], [0.95, 0.05]) < 1e-9)
        #expect(found[40][1] > 0.06, "clipping leaves no trace in the state")
        settings.ceiling = 0.7
        let bounded = try weights(settings, steps: 40) { _ in try orthogonal(2, 1) }
        #expect(difference(bounded[39], [0.7, 0.3]) < 1e-9)
    }

    @Test("the alignment is divided by the mean gradient norm only if configured")
    func alignmentIsScaledOnlyIfConfigured() throws {
        // I = (4, 1), norms 2 and 1.
        for (scale, divisor) in [(WeightingConfiguration.AlignmentScale.none, 1.0), (.meanNorm, 1.5)] {
            var settings = configuration(.popo)
            settings.alignmentScale = scale
            let found = try weights(settings, steps: 1) { _ in try orthogonal(2, 1) }[0]
            #expect(difference(found[0] / found[1], exp(0.1 * (4 - 1) / divisor) / 3) < 1e-12, "\(scale)")
        }
    }

    @Test("weights stay during warm-up, and no gradients are requested")
    func weightsStayDuringWarmUp() throws {
        var settings = configuration(.popo)
        settings.warmUpSteps = 2
        #expect((0..<4).map(settings.rule) == [.fixed, .fixed, .popo, .popo])
        #expect(configuration(.popoLight).rule(at: 0) == .popoLight)
        let found = try self.weights(settings, steps: 3) { try $0 < 2 ? nil : orthogonal(2, 1) }
        #expect(difference(found[1], [0.25, 0.75]) < 1e-15 && found[2][0] > 0.25)
    }

    @Test("smoothing averages the scaled alignments") func smoothingAveragesTheScaledAlignments() throws {
        var settings = configuration(.popo, initial: [0.5, 0.5])
        settings.alignmentScale = .none
        settings.smoothing = 0.75
        // I = (4, 1), then (1, 4): the mean is (4, 1), then ¾ (4, 1) + ¼ (1, 4) = (3.25, 1.75).
        let found = try weights(settings, steps: 2) { try $0 == 0 ? orthogonal(2, 1) : orthogonal(1, 2) }
        #expect(difference(log(found[0][0] / found[0][1]), 0.1 * 3) < 1e-12)
        #expect(difference(log(found[1][0] / found[1][1]), 0.1 * 3 + 0.1 * 1.5) < 1e-12)
    }

    @Test("weights and their state are restored from JSON") func weightsSurviveJSON()
        throws
    {
        var settings = configuration(.popo)
        settings.smoothing = 0.5
        var weights = RewardWeights(settings)
        func advance(_ weights: inout RewardWeights, _ step: Int) throws {
            weights.descend(try orthogonal(Double(step + 1), 1), settings)
        }
        try advance(&weights, 2)
        var restored = try JSONDecoder().decode(RewardWeights.self, from: JSONEncoder().encode(weights))
        #expect(restored == weights)
        try advance(&weights, 3)
        try advance(&restored, 3)
        #expect(restored == weights)
    }

    /// The alignment of two gradients with these norms and no common part.
    private func orthogonal(_ first: Double, _ second: Double) throws -> GradientAlignment {
        try GradientAlignment([
            accumulated([Tensor.from([first, 0], shape: [2])]),
            accumulated([Tensor.from([0, second], shape: [2])]),
        ])
    }
}
