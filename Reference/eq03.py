"""Eq. (3): the semantic reward, the cosine of the embedded answer and the embedded true item.

Not in the paper: the cosine with a zero vector is 0, and a rollout without an answer gets the minimum of the
reward's range, −1.
"""

import numpy as np

import golden

MINIMUM = -1.0


def cosine_similarity(left, right):
    """⟨a, b⟩ / (‖a‖ ‖b‖) in [−1, 1]; 0 if either vector is zero."""
    norms = np.linalg.norm(left) * np.linalg.norm(right)
    return float(np.clip(left @ right / norms, -1, 1)) if norms > 0 else 0.0


def semantic_reward(predicted, target):
    """The reward of one rollout; `predicted` is None when it has no answer."""
    return MINIMUM if predicted is None else cosine_similarity(predicted, target)


def main():
    seed = 103
    random = np.random.default_rng(seed)

    def vectors(count, width):
        return list(golden.on_grid(random.normal(size=(count, width))))

    zero = np.zeros(3)
    unit = np.array([0.6, 0.8])
    batches = {
        "random": (vectors(5, 8), vectors(5, 8)),
        "wide": (vectors(2, 64), vectors(2, 64)),
        "parallel, opposite, orthogonal": (
            [np.array([3.0, 4.0]), np.array([3.0, 4.0]), np.array([3.0, 4.0])],
            [unit, -2 * unit, np.array([-4.0, 3.0])],
        ),
        "zero vectors": ([zero, np.array([1.0, 2.0, 2.0]), zero], [np.array([1.0, 2.0, 2.0]), zero, zero]),
        "large and small": ([1e6 * unit, 1e-6 * unit], [np.array([1e-6, 0.0]), np.array([0.0, 1e6])]),
        "no answer": ([None, np.array([1.0, 1.0]), None], vectors(3, 2)),
    }
    cases = [
        golden.case(
            name,
            {"predicted": predicted, "target": target},
            rewards=[semantic_reward(*pair) for pair in zip(predicted, target, strict=True)],
        )
        for name, (predicted, target) in batches.items()
    ]
    golden.write("eq03.json", __file__, seed, minimum=MINIMUM, cases=cases)


if __name__ == "__main__":
    main()
