"""Eq. (9): one reward a rollout from K of them, r̃ = Σₖ wₖ rₖ, and the other order of the same two steps.

`advantages` mixing (as GDPO does) normalizes each reward within its group first and then takes the weighted
sum, so that a reward of small spread is not drowned. No second normalization over the batch follows.
"""

import numpy as np

import golden
from eq08 import group_advantages


def mixed_rewards(rewards, weights):
    """r̃ [N, G] of rewards [K, N, G] and weights [K]."""
    return np.tensordot(weights, rewards, axes=1)


def mixed_advantages(rewards, weights):
    """Σₖ wₖ Âₖ [N, G], each Âₖ normalized within its group; a dead group of a reward adds 0."""
    return np.tensordot(weights, np.stack([group_advantages(reward)[0] for reward in rewards]), axes=1)


def main():
    seed = 109
    random = np.random.default_rng(seed)
    grid = golden.on_grid
    semantic = grid(random.uniform(-0.25, 0.9, size=(3, 4)))
    collaborative = grid(random.beta(0.5, 8, size=(3, 4)))
    format_ = np.ones((3, 4))
    format_[2, 1] = 0
    dead = collaborative.copy()
    dead[0] = 0.1
    sets = {
        "by hand": (np.array([[[1.0, 0.0]], [[0.0, 0.5]]]), np.array([0.75, 0.25])),
        "equal weights": (np.stack([semantic, collaborative]), np.array([0.5, 0.5])),
        "uneven weights": (np.stack([semantic, collaborative]), np.array([0.875, 0.125])),
        "one weight": (np.stack([semantic, collaborative]), np.array([0.0, 1.0])),
        "three rewards": (np.stack([semantic, collaborative, format_]), np.array([0.5, 0.375, 0.125])),
        "one dead group": (np.stack([semantic, dead]), np.array([0.25, 0.75])),
        "one rollout a group": (grid(random.uniform(size=(2, 3, 1))), np.array([0.5, 0.5])),
    }
    cases = []
    for name, (rewards, weights) in sets.items():
        mixed = mixed_rewards(rewards, weights)
        cases.append(
            golden.case(
                name,
                {"rewards": rewards, "weights": weights},
                mixedRewards=mixed,
                advantagesOfMixedRewards=group_advantages(mixed)[0],
                mixedAdvantages=mixed_advantages(rewards, weights),
            )
        )
    golden.write("eq09.json", __file__, seed, cases=cases)


if __name__ == "__main__":
    main()
