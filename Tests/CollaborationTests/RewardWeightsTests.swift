import Collaboration
import Foundation
import Pipeline
import TestSupport
import Testing
import Torch

@Suite("w⁽ᵗ⁾ by every rule") struct RewardWeightsTests {
    private struct NotComputed: Error {}
    private let rewards = [[[0.0, 2.0], [2.0, 0.0]], [[2.0, 4.0], [4.0, 2.0]]]

    private func configuration(_ method: WeightingConfiguration.Method) -> WeightingConfiguration {
        var configuration = WeightingConfiguration()
        configuration.method = method
        configuration.initialWeights = [0.25, 0.75]
        return configuration
    }

    @Test("fixed weights stay and need no gradients") func fixedWeightsStayAndNeedNoGradients() throws {
        let configuration = configuration(.fixed)
        var weights = RewardWeights(configuration)
        try weights.advance(configuration, rewards: rewards) { throw NotComputed() }
        #expect(difference(weights.values, [0.25, 0.75]) < 1e-15)
    }

    @Test("popo-light reads the rewards and needs no gradients")
    func popoLightReadsTheRewardsAndNeedsNoGradients() throws {
        var configuration = configuration(.popoLight)
        configuration.stabilizer = 0
        var weights = RewardWeights(configuration)
        try weights.advance(configuration, rewards: rewards) { throw NotComputed() }
        #expect(difference(weights.values, [0.75, 0.25]) < 1e-15)
    }

    @Test("popo follows the gradients and keeps the floor") func popoFollowsTheGradientsAndKeepsTheFloor()
        throws
    {
        var configuration = configuration(.popo)
        configuration.initialWeights = [0.5, 0.5]
        configuration.weightLearningRate = 1
        var weights = RewardWeights(configuration)
        #expect(throws: NotComputed.self) {
            try weights.advance(configuration, rewards: rewards) { throw NotComputed() }
        }
        #expect(difference(weights.values, [0.5, 0.5]) < 1e-15, "an error leaves the weights as they were")
        for _ in 0..<40 {
            try weights.advance(configuration, rewards: rewards) { try orthogonal(2, 1) }
        }
        #expect(difference(weights.values, [0.95, 0.05]) < 1e-9)
        try weights.advance(configuration, rewards: rewards) { try orthogonal(1, 2) }
        #expect(weights.values[1] > 0.06, "what was clipped is forgotten")
    }

    @Test("the alignment is divided by the mean gradient norm only where so configured")
    func theAlignmentIsDividedByTheMeanGradientNorm() throws {
        // I = (4, 1), norms 2 and 1.
        for (scale, divisor) in [(WeightingConfiguration.AlignmentScale.none, 1.0), (.meanNorm, 1.5)] {
            var configuration = configuration(.popo)
            configuration.alignmentScale = scale
            configuration.floor = 0
            var weights = RewardWeights(configuration)
            try weights.advance(configuration, rewards: rewards) { try orthogonal(2, 1) }
            let odds = weights.values[0] / weights.values[1]
            #expect(difference(odds, exp(0.1 * (4 - 1) / divisor) / 3) < 1e-12, "\(scale)")
        }
    }

    @Test("weights with their state are restored from JSON") func weightsWithTheirStateAreRestoredFromJSON()
        throws
    {
        let configuration = configuration(.popo)
        var weights = RewardWeights(configuration)
        try weights.advance(configuration, rewards: rewards) { try orthogonal(2, 1) }
        var restored = try JSONDecoder().decode(RewardWeights.self, from: JSONEncoder().encode(weights))
        #expect(restored == weights)
        try weights.advance(configuration, rewards: rewards) { try orthogonal(1, 2) }
        try restored.advance(configuration, rewards: rewards) { try orthogonal(1, 2) }
        #expect(restored == weights)
    }

    /// The alignment of two gradients with these norms and no common part.
    private func orthogonal(_ first: Double, _ second: Double) throws -> GradientAlignment {
        try GradientAlignment([
            [Tensor.from([first, 0], shape: [2])], [Tensor.from([0, second], shape: [2])],
        ])
    }
}
