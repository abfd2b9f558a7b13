"""Eq. (8): the four policy losses over one step, with asymmetric clipping and rollouts that are left out.

With d = log π − log π_old a token, |o| the length of a rollout, S the smaller of ratio · Â and clip(ratio) · Â,
and the sums over the rollouts of the step that are not masked, the loss to minimize is

    grpo      −1/(N·G)               Σᵢ 1/|oᵢ| Σₜ { S(exp dₜ) − β KLₜ }
    dr_grpo   −1/(N·G·maximumTokens) Σᵢ        Σₜ { S(exp dₜ) − β KLₜ }
    dapo      −1/Σᵢ|oᵢ|              Σᵢ        Σₜ { S(exp dₜ) − β KLₜ }
    gspo      −1/(N·G)               Σᵢ { S(exp(1/|oᵢ| Σₜ dₜ)) − β/|oᵢ| Σₜ KLₜ }

Definitions, where the formulas leave them open:

1. A masked rollout (one that was cut off at the token limit) has no tokens at all, in the sums as in |o|; like
   an empty one it adds 0 and still counts in N·G. `dapo` is 0 where no token is left.
2. KL of a token, with e = log π_ref − log π:  k1 = −e,  k2 = e²/2,  k3 = exp(e) − e − 1. `kl` is averaged as
   the loss is, without β. β = 0 means that there is no reference: it is null, and `kl` is 0.
3. A term is clipped where clip(ratio) · Â < ratio · Â, low below 1 − clipLow and high above 1 + clipHigh; it
   has no slope. A tie is not clipped. Clipped tokens are counted, in `gspo` all those of a clipped rollout.

`eq08.py` has the other cases of Eq. (8), and nothing here is taken from it.
"""

import numpy as np

import golden

LOSSES = ("grpo", "dr_grpo", "dapo", "gspo")
PROMPTS, ROLLOUTS, LONGEST = 3, 4, 7
DIGITS = 12


def token_sums(inputs):
    """What every loss but `gspo` adds up of each rollout that counts: its place, ρ a token and KL a token."""
    for n, i in np.ndindex(inputs["masked"].shape):
        new = inputs["new"][n][i]
        if len(new) == 0 or inputs["masked"][n, i]:
            continue
        kl = np.zeros(len(new))
        if inputs["reference"] is not None:
            e = inputs["reference"][n][i] - new
            kl = {"k1": -e, "k2": e**2 / 2, "k3": np.exp(e) - e - 1}[inputs["klEstimator"]]
        yield (n, i), new - inputs["old"][n][i], kl


def smaller(ratio, advantage, inputs):
    """S, the smaller of the unclipped and the clipped term."""
    clipped = np.clip(ratio, 1 - inputs["clipLow"], 1 + inputs["clipHigh"])
    return np.minimum(ratio * advantage, clipped * advantage)


def value(inputs):
    """The loss and its KL part, read off the formulas."""
    rollouts, beta = inputs["masked"].size, inputs["klCoefficient"]
    gain = penalty = 0.0
    tokens = 0
    for place, d, kl in token_sums(inputs):
        advantage, length = inputs["advantages"][place], len(d)
        tokens += length
        if inputs["loss"] == "gspo":
            gain += smaller(np.exp(d.sum() / length), advantage, inputs) / rollouts
            penalty += kl.sum() / length / rollouts
            continue
        if inputs["loss"] == "grpo":
            whole = rollouts * length
        else:
            whole = rollouts * inputs["maximumTokens"] if inputs["loss"] == "dr_grpo" else 1
        gain += smaller(np.exp(d), advantage, inputs).sum() / whole
        penalty += kl.sum() / whole
    if inputs["loss"] == "dapo" and tokens > 0:
        gain, penalty = gain / tokens, penalty / tokens
    return -(gain - beta * penalty), penalty


def sides(ratio, advantage, inputs):
    """Where S is the clipped term: below, for a negative Â, and above, for a positive one."""
    below = (ratio < 1 - inputs["clipLow"]) & (advantage < 0)
    above = (ratio > 1 + inputs["clipHigh"]) & (advantage > 0)
    return below, above


def slopes(inputs):
    """∂loss/∂log π a token, derived by hand, and how many tokens are clipped low and high."""
    lengths = np.array([[len(rollout) for rollout in group] for group in inputs["new"]])
    tokens = int(lengths[~inputs["masked"]].sum())
    gradient = [[np.zeros(length) for length in group] for group in lengths]
    low = high = 0
    for n, i in zip(*np.nonzero(~inputs["masked"] & (lengths > 0))):
        new, advantage, length = inputs["new"][n][i], inputs["advantages"][n, i], lengths[n, i]
        ratio = np.exp(new - inputs["old"][n][i])
        if inputs["loss"] == "gspo":
            # The geometric mean of ρ, which each token moves by 1/|o| of itself.
            ratio = np.full(length, np.prod(ratio) ** (1 / length))
        below, above = sides(ratio, advantage, inputs)
        low, high = low + int(below.sum()), high + int(above.sum())
        slope = np.where(below | above, 0.0, ratio * advantage)
        if inputs["reference"] is not None:
            against = new - inputs["reference"][n][i]  # −e
            kl_slope = {"k1": np.ones(length), "k2": against, "k3": -np.expm1(-against)}
            slope = slope - inputs["klCoefficient"] * kl_slope[inputs["klEstimator"]]
        weight = {
            "grpo": 1 / (lengths.size * length),
            "dr_grpo": 1 / (lengths.size * inputs["maximumTokens"]),
            "dapo": 1 / tokens,
            "gspo": 1 / (lengths.size * length),
        }
        gradient[n][i] = -weight[inputs["loss"]] * slope
    return gradient, low, high


def check(inputs, gradient):
    """The derived gradient against central differences of the value, for every token, masked ones too."""
    for n, i in np.ndindex(inputs["masked"].shape):

        def loss(tokens):
            changed = [list(group) for group in inputs["new"]]
            changed[n][i] = tokens
            return value(dict(inputs, new=changed))[0]

        numeric = golden.central_difference(loss, inputs["new"][n][i])
        assert np.allclose(numeric, gradient[n][i], rtol=0, atol=1e-6), f"gradient of {inputs['loss']}"


def draw(random, loss, estimator, coefficient):
    """A step with ragged and empty rollouts, a masked one with tokens, and an advantage of 0."""
    lengths = random.integers(0, LONGEST + 1, size=(PROMPTS, ROLLOUTS))
    masked = np.zeros(lengths.shape, dtype=bool)
    masked.flat[np.argmax(lengths)] = True
    advantages = golden.on_grid(random.normal(size=lengths.shape))
    advantages.flat[random.integers(lengths.size)] = 0

    def around(centres, rollout_spread, spread):
        return [
            [
                np.minimum(golden.on_grid(x + random.normal(0, rollout_spread) + random.normal(0, spread, x.shape)), 0)
                for x in group
            ]
            for group in centres
        ]

    base = [[-1 - random.exponential(size=length) for length in group] for group in lengths]
    return {
        "loss": loss,
        "clipLow": 0.2,
        "clipHigh": 0.28,
        "klCoefficient": coefficient,
        "klEstimator": estimator,
        "maximumTokens": LONGEST,
        "new": around(base, 0.3, 0.2),
        "old": around(base, 0, 0.2),
        "reference": around(base, 0.1, 0.3) if coefficient > 0 else None,
        "advantages": advantages,
        "masked": masked,
    }


def is_telling(inputs):
    """Whether a step has an empty rollout and, in some rollout that counts, each way to be clipped or not."""
    seen = set()
    for place, d, _ in token_sums(inputs):
        ratio = np.exp(d.mean(keepdims=True) if inputs["loss"] == "gspo" else d)
        advantage = inputs["advantages"][place]
        side = np.where(ratio < 1 - inputs["clipLow"], -1, np.where(ratio > 1 + inputs["clipHigh"], 1, 0))
        seen.update((int(one), int(np.sign(advantage))) for one in side)
    has_empty = any(len(rollout) == 0 for group in inputs["new"] for rollout in group)
    return has_empty and seen >= {(side, sign) for side in (-1, 0, 1) for sign in (-1, 1)}


def case(name, inputs):
    gradient, low, high = slopes(inputs)
    check(inputs, gradient)
    loss, kl = value(inputs)
    expected = {
        "loss": golden.rounded(loss, DIGITS),
        "kl": golden.rounded(kl, DIGITS),
        "clippedLow": low,
        "clippedHigh": high,
        # + 0 turns −0 into 0
        "gradient": [[golden.rounded(rollout, DIGITS) + 0 for rollout in group] for group in gradient],
    }
    return golden.case(name, inputs, **expected)


def main():
    seed = 118
    random = np.random.default_rng(seed)
    kinds = {"k1": ("k1", 0.04), "k2": ("k2", 0.5), "k3": ("k3", 0.25), "no KL": ("k3", 0.0)}
    cases = []
    for loss in LOSSES:
        for name, (estimator, coefficient) in kinds.items():
            inputs = draw(random, loss, estimator, coefficient)
            while not is_telling(inputs):
                inputs = draw(random, loss, estimator, coefficient)
            cases.append(case(f"{loss}, {name}", inputs))
        on_policy = draw(random, loss, "k3", 0.25)
        while all(len(rollout) > 0 for group in on_policy["new"] for rollout in group):
            on_policy = draw(random, loss, "k3", 0.25)
        on_policy["old"] = on_policy["new"]
        cases.append(case(f"{loss}, on policy", on_policy))
        nothing = dict(on_policy, masked=np.ones_like(on_policy["masked"]))
        assert value(nothing) == (0, 0) and slopes(nothing)[1:] == (0, 0), "a step without tokens"
    golden.write("eq08_losses.json", __file__, seed, cases=cases)


if __name__ == "__main__":
    main()
