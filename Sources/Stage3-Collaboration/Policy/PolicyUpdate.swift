import LanguageModels
import Pipeline
import Torch
import TorchNN

/// One step's gradient computations over its groups of rollouts, one group in memory at a time.
struct PolicyUpdate {
    let policy: Decoder
    let reference: Decoder
    let groups: [PackedGroup]
    let loss: POPOLoss

    private var lengths: [[Int]] { groups.map { $0.continuations.map(\.count) } }

    /// log π_ref of every rollout token, one tensor a group.
    func referenceLogProbabilities() throws -> [Tensor] {
        try withoutGrad { try groups.map { try reference.logProbabilities($0).values } }
    }

    /// Gradients of L_k: the policy term of Eq. (8) with advantages from reward k alone, without the KL term.
    ///
    /// One forward pass a group serves all rewards.
    func alignment(_ rewards: RewardTable) throws -> GradientAlignment {
        let advantages = rewards.map { GroupAdvantages($0).values }  // [K][N][G]
        var accumulators = rewards.map { _ in GradientAccumulator(policy.parameters) }
        for (n, group) in groups.enumerated() {
            let sources = advantages.indices.filter { k in advantages[k][n].contains { $0 != 0 } }
            guard let last = sources.last else { continue }
            let new = try policy.logProbabilities(group).values
            let old = try new.detached()
            for k in sources {
                let value = try loss(
                    new: new, old: old, reference: nil, advantages: advantages[k][n], lengths: lengths[n],
                    groupCount: groups.count)
                try accumulators[k].add(value.loss, policy.parameters, retainsGraph: k != last)
            }
        }
        return try GradientAlignment(accumulators.map { try $0.tensors(policy.parameters) })  // Eq. (6)
    }

    /// Eq. (8) of all groups, its gradient left in the parameters.
    func backward(
        advantages: [[Double]], reference: [Tensor]
    ) throws -> (loss: Double, kl: Double, clippedTokens: Int) {
        var total = (loss: 0.0, kl: 0.0, clippedTokens: 0)
        for (n, group) in groups.enumerated() {
            let new = try policy.logProbabilities(group).values
            // The rollouts are this policy's own, so π_old is π before the update.
            let value = try loss(
                new: new, old: new.detached(), reference: reference[n], advantages: advantages[n],
                lengths: lengths[n], groupCount: groups.count)
            try value.loss.backward()
            total.loss += try value.loss.item()
            total.kl += value.kl
            total.clippedTokens += value.clippedTokens
        }
        return total
    }
}
