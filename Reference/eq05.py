"""Eq. (5): reward weights by mirror descent.

    log w̃ ← log w̃ + η I / μ,     w = softmax(log w̃)

The state is log w̃, so that an alignment of 10⁴ neither overflows nor is forgotten. Not in the paper:

1. scaling `meanNorm` divides I by the mean gradient norm, (1/K) Σₖ ‖gₖ‖; if every gradient is zero, by
   nothing.
2. A floor and a ceiling. The weights are projected (in KL divergence, the one that belongs to this update)
   onto {floor ≤ wₖ ≤ ceiling, Σ w = 1}: the projection is clip(c · w, floor, ceiling) for the one c > 0
   that makes the sum 1. The state takes the projected values, so that a weight leaves its bound at the
   first step that pushes it back.
"""

import numpy as np

import golden


def log_sum_exp(values):
    top = np.max(values)
    return top + np.log(np.sum(np.exp(values - top)))


def log_softmax(values):
    """The largest is taken off first: at 10⁴ the sum's logarithm would be lost in the last digits."""
    shifted = values - np.max(values)
    return shifted - np.log(np.sum(np.exp(shifted)))


def projected(log_weights, floor, ceiling):
    """log of clip(c · w, floor, ceiling) with Σ = 1. Needs K · floor ≤ 1 ≤ K · ceiling.

    The sum grows with log c and bends where a weight meets a bound. Between two bends the weights strictly
    inside the bounds are known, and c = (1 − Σ of the others) / Σ of the weights inside.
    """
    count = len(log_weights)
    assert count * floor <= 1 <= count * ceiling, "the bounds leave no point of the simplex"
    with np.errstate(divide="ignore"):
        low, high = np.log(floor), np.log(ceiling)
    bends = np.sort(np.concatenate([low - log_weights, high - log_weights]))
    bends = bends[np.isfinite(bends)]
    for left, right in zip([-np.inf, *bends], [*bends, np.inf], strict=True):
        if np.sum(np.exp(np.clip(log_weights + right, low, high))) < 1 - 1e-15:
            continue
        middle = right - 1 if left == -np.inf else left + 1 if right == np.inf else (left + right) / 2
        moved = log_weights + middle
        inside = (moved > low) & (moved < high)
        if not inside.any():
            return np.clip(log_weights + right, low, high)
        outside = np.sum(np.exp(np.clip(moved[~inside], low, high)))
        log_scale = np.log(1 - outside) - log_sum_exp(log_weights[inside])
        return np.clip(log_weights + log_scale, low, high)
    raise AssertionError("unreachable: the sum at the last bend is K · ceiling")


def step(log_state, alignment, learning_rate, regularization, norms=None, floor=0.0, ceiling=1.0):
    """The new log w̃, normalized. norms: ‖gₖ‖ [K] for scaling `meanNorm`, None for `none`."""
    if norms is not None and np.mean(norms) > 0:
        alignment = alignment / np.mean(norms)
    state = log_softmax(log_state + learning_rate * alignment / regularization)
    return projected(state, floor, ceiling) if floor > 0 or ceiling < 1 else state


def trajectory(inputs):
    """The weights after every step, [S, K]."""
    state = np.log(inputs["initialWeights"])
    weights = []
    for index, alignment in enumerate(inputs["alignments"]):
        norms = inputs["gradientNorms"][index] if inputs["scaling"] == "meanNorm" else None
        rate = inputs["learningRates"][index]
        bounds = inputs["floor"], inputs["ceiling"]
        state = step(state, alignment, rate, inputs["regularization"], norms, *bounds)
        weights.append(np.exp(state))
        assert abs(weights[-1].sum() - 1) < 1e-12, "on the simplex"
        assert (weights[-1] >= bounds[0] - 1e-12).all() and (weights[-1] <= bounds[1] + 1e-12).all(), "bounds"
    return weights


def inputs(initial, alignments, rates, mu=1.0, scaling="none", norms=(), floor=0.0, ceiling=1.0):
    return {
        "initialWeights": np.asarray(initial, dtype=np.float64),
        "alignments": np.asarray(alignments, dtype=np.float64),
        "learningRates": list(rates),
        "regularization": mu,
        "scaling": scaling,
        "gradientNorms": np.asarray(norms, dtype=np.float64),
        "floor": floor,
        "ceiling": ceiling,
    }


def main():
    seed = 105
    random = np.random.default_rng(seed)

    def noise(*shape, spread=1.0):
        return golden.on_grid(random.normal(0, spread, size=shape))

    def norms(*shape):
        return golden.on_grid(random.uniform(0.25, 3, size=shape))

    half, third, fifth = np.full(2, 1 / 2), np.full(3, 1 / 3), np.full(5, 1 / 5)
    uneven = np.array([0.5, 0.375, 0.125])
    runs = {
        "K = 2, one step": inputs(half, [[0.75, -0.25]], [1.0]),
        "K = 2, four steps": inputs(half, noise(4, 2), [0.5, 0.25, 0.125, 0.0625], mu=0.5),
        "K = 3, uneven start": inputs(uneven, noise(3, 3), [0.5] * 3, mu=2.0),
        "K = 5": inputs(fifth, noise(3, 5, spread=2.0), [1.0, 0.5, 0.25]),
        "no alignment": inputs(uneven, np.zeros((2, 3)), [1.0, 1.0]),
        "equal alignment": inputs(uneven, np.full((2, 3), 7.0), [1.0, 1.0]),
        "large and back": inputs(half, [[1e4, 0.0], [-1e4, 0.0], [1.0, 0.0]], [1.0] * 3),
        "large, K = 3": inputs(third, [[1e4, 1e4, -1e4], [0.0, -1e4, 1e4]], [1.0, 1.0], mu=0.25),
        "mean norm": inputs(third, noise(3, 3, spread=4.0), [0.5] * 3, 1.0, "meanNorm", norms(3, 3)),
        "mean norm, no gradient": inputs(half, np.zeros((1, 2)), [1.0], 1.0, "meanNorm", np.zeros((1, 2))),
        "floor": inputs(half, [[3.0, 0.0], [3.0, 0.0], [-0.5, 0.0]], [1.0] * 3, floor=0.125),
        "floor, K = 3": inputs(third, [[4.0, 0.0, -4.0], [0.0, 1.0, 0.0]], [1.0, 1.0], floor=0.0625),
        "ceiling, K = 3": inputs(third, [[4.0, 1.0, 0.0], [-2.0, 0.0, 0.0]], [1.0, 1.0], ceiling=0.5),
        "both, K = 5": inputs(fifth, noise(4, 5, spread=3.0), [1.0] * 4, floor=0.0625, ceiling=0.375),
        "floor, large": inputs(half, [[1e4, 0.0], [-1.0, 0.0]], [1.0, 1.0], floor=0.1, ceiling=0.9),
        "one point left": inputs(half, [[3.0, 0.0]], [1.0], floor=0.5, ceiling=0.5),
    }
    cases = [golden.case(name, run, weights=trajectory(run)) for name, run in runs.items()]
    golden.write("eq05.json", __file__, seed, cases=cases)


if __name__ == "__main__":
    main()
