import Foundation
import LanguageModels
import Pipeline
import TestSupport
import Torch
import TorchNN

@testable import Collaboration

/// A policy small enough for tests, and a step of rollouts for it.
struct TinyPolicy {
    static func model(_ name: String = "qwen2") throws -> LanguageModel {
        try LanguageModel(folder: PackageFolder.golden("models/\(name)").deletingPathExtension())
    }

    /// 3 groups of 4 rollouts of ragged length over prompts of ragged length.
    static func groups() throws -> [PackedGroup] {
        var groups: [PackedGroup] = []
        for n in 0..<3 {
            let prompt = (0..<4 + n).map { Int32(3 + ($0 * 7 + n * 5) % 60) }
            var rollouts: [[Int32]] = []
            for i in 0..<4 {
                let length = 1 + (i + n) % 4
                rollouts.append((0..<length).map { Int32(3 + ($0 * 11 + i * 13 + n) % 60) })
            }
            groups.append(try PackedGroup(prompt: prompt, continuations: rollouts))
        }
        return groups
    }

    static let none = Array(repeating: Array(repeating: false, count: 4), count: 3)

    /// K rewards of every rollout, `[K][3][4]`.
    static func rewards(_ count: Int = 2, seed: Int = 5) -> RewardTable {
        var random = TestRandom(seed: seed)
        return (0..<count).map { _ in (0..<3).map { _ in random.values(4, in: 0...1) } }
    }

    static func configuration(_ change: (inout CollaborateConfiguration) -> Void = { _ in })
        -> CollaborateConfiguration
    {
        var configuration = CollaborateConfiguration()
        configuration.maximumTokens = 4
        configuration.klCoefficient = 0.3
        configuration.learningRate = 1e-3
        configuration.warmUpShare = 0
        configuration.microBatchTokens = 16
        configuration.weighting.method = .fixed
        configuration.weighting.initialWeights = [0.3, 0.7]
        change(&configuration)
        return configuration
    }

    /// A reference that differs from the policy.
    static func reference() throws -> Decoder {
        let decoder = try model().decoder
        try withoutGrad {
            for (place, tensor) in decoder.weights.tensors.enumerated() {
                try tensor.scale(by: 1 + 0.02 * Double(place % 5))
            }
        }
        return decoder
    }

    /// An update of rollouts whose shares and reference are made.
    static func update(
        _ decoder: Decoder, _ configuration: CollaborateConfiguration, sharesPrompts: Bool = true
    ) throws -> RolloutGradients {
        let rollouts = try PackedRollouts(
            groups(), isLeftOut: none, maximumTokens: configuration.microBatchTokens,
            sharesPrompts: sharesPrompts)
        try decoder.parameters.setTrainable(true)
        return RolloutGradients(
            policy: decoder, rollouts: rollouts, loss: POPOLoss(configuration),
            temperature: configuration.temperature,
            reference: configuration.klCoefficient > 0
                ? try RolloutGradients.logProbabilities(
                    rollouts, under: reference(), temperature: configuration.temperature) : nil,
            shards: ParameterShards(decoder.parameters, .alone))
    }

    /// All gradients of an accumulator as numbers.
    static func numbers(_ accumulator: GradientAccumulator) throws -> [[Double]] {
        try accumulator.gradients.map { gradient in
            try gradient.map { try $0.elements(Float.self).map(Double.init) } ?? []
        }
    }

    /// The largest difference of two lists of gradients, tensor by tensor, over the tensor's largest number.
    static func distance(_ left: [[Double]], _ right: [[Double]]) -> Double {
        guard left.count == right.count else { return .infinity }
        return zip(left, right).map { a, b in
            let scale = max(1e-4, (a + b).map(abs).max() ?? 0)
            return difference(a.map { $0 / scale }, b.map { $0 / scale })
        }.max() ?? 0
    }
}

extension TinyPolicy {
    /// What the first update of a step is made from.
    struct FirstUpdate {
        let pass: RolloutGradients.Pass
        let advantages: GroupAdvantages
        let alignment: GradientAlignment?
    }

    /// Gradients, weights and mixture of a first step.
    static func firstUpdate(
        _ computation: RolloutGradients, _ rewards: RewardTable, _ weights: inout RewardWeights,
        _ configuration: CollaborateConfiguration
    ) throws -> FirstUpdate {
        var gradients = try PolicyGradients(
            computation, rewards, configuration,
            where: configuration.weighting.comparedParameters(of: computation.policy),
            followsGradients: configuration.weighting.rule(at: 0) == .popo)
        if let alignment = gradients.alignment { weights.descend(alignment, configuration.weighting) }
        let mixture = try gradients.mixed(by: weights.values)
        return FirstUpdate(
            pass: mixture.pass, advantages: mixture.advantages, alignment: gradients.alignment)
    }
}
