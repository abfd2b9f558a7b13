"""Eq. (7): POPO-light weights, the coefficient of variation of each reward.

    w̃ᵢ = σᵢ / (|μᵢ| + ε),     w = w̃ / Σ w̃

σᵢ is the mean over the groups of the standard deviation within a group (population: divided by G), |μᵢ| the
mean over the groups of the absolute value of a group's mean. A group whose rewards are all equal has σ = 0
exactly, whatever rounding its mean suffers. If no reward varies the weights are uniform. Optionally each
reward is first min-max scaled over the N · G rollouts of the step (a constant reward becomes 0).
"""

import numpy as np

import golden
from eq04 import min_max


def group_deviations(rewards):
    """Population standard deviation along the last axis; exactly 0 for equal values."""
    equal = rewards.max(axis=-1) == rewards.min(axis=-1)
    return np.where(equal, 0.0, rewards.std(axis=-1))


def variation_weights(rewards, stabilizer, is_scaled):
    """rewards: [K, N, G]. Returns weights, variations w̃, σ and |μ|, each [K]."""
    if is_scaled:
        rewards = np.stack([min_max(reward) for reward in rewards])
    deviation = group_deviations(rewards).mean(axis=-1)
    magnitude = np.abs(rewards.mean(axis=-1)).mean(axis=-1)
    variation = deviation / (magnitude + stabilizer)
    total = variation.sum()
    weights = variation / total if total > 0 else np.full(len(rewards), 1 / len(rewards))
    return weights, variation, deviation, magnitude


def main():
    seed = 107
    random = np.random.default_rng(seed)
    grid = golden.on_grid
    semantic = grid(random.uniform(-0.25, 0.9, size=(3, 4)))
    collaborative = grid(random.beta(0.5, 8, size=(3, 4)))
    format_ = (random.uniform(size=(3, 4)) < 0.75).astype(np.float64)
    saturated = np.repeat([[0.1], [0.3], [0.7]], 4, axis=1)
    one_dead = semantic.copy()
    one_dead[1] = 0.3
    signs = np.array([[-1.0, -0.5, -0.75], [0.5, 1.0, 0.75]])
    sets = {
        "two rewards": (np.stack([semantic, collaborative]), 1e-4, False),
        "two rewards, scaled": (np.stack([semantic, collaborative]), 1e-4, True),
        "three rewards": (np.stack([semantic, collaborative, format_]), 1e-4, False),
        "three rewards, scaled": (np.stack([semantic, collaborative, format_]), 1e-4, True),
        "group means of both signs": (np.stack([signs, np.abs(signs)[::-1]]), 1e-6, False),
        "one dead group": (np.stack([one_dead, collaborative]), 1e-4, False),
        "one saturated": (np.stack([saturated, collaborative]), 1e-4, False),
        "one constant, scaled": (np.stack([np.full((3, 4), 0.1), collaborative]), 1e-4, True),
        "all saturated": (np.stack([saturated, saturated[::-1]]), 1e-4, False),
        "zero mean": (np.array([[[-1.0, 1.0]], [[1.0, 3.0]]]), 0.01, False),
        "one rollout a group": (grid(random.uniform(size=(3, 2, 1))), 1e-4, False),
    }
    cases = []
    for name, (rewards, stabilizer, is_scaled) in sets.items():
        weights, variation, deviation, magnitude = variation_weights(rewards, stabilizer, is_scaled)
        inputs = {"rewards": rewards, "stabilizer": stabilizer, "isScaled": is_scaled}
        results = {"weights": weights, "variation": variation, "deviation": deviation, "magnitude": magnitude}
        cases.append(golden.case(name, inputs, **results))
    golden.write("eq07.json", __file__, seed, cases=cases)


if __name__ == "__main__":
    main()
