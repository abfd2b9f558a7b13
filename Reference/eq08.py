"""Eq. (8): group advantages, and the POPO objective, negated so that it is a loss to minimize.

Definitions that the paper leaves open:

1. std is the population's (divided by G), and nothing is added to it: a group whose rewards are all equal
   gets advantages of 0 and is counted. Scaling `group` divides by the group's std, `batch` by the std of
   all N · G rewards of the step (0 if that is 0), `none` by nothing. The mean that is subtracted is always
   the group's.
2. KL[π‖π_ref] a token, with d = log π_ref − log π:  k1 = −d,  k2 = d²/2,  k3 = eᵈ − d − 1. The gradient is
   that of the printed value.
3. `grpo` takes the mean over the tokens of a rollout, then over the G rollouts, then over the N prompts.
   `drGRPO` divides a rollout's sum by the constant `maximumLength` instead of its length, `dapo` divides
   the sum over all tokens of the step by their number, and `gspo` is `grpo` with one ratio a rollout, exp
   of the mean over its tokens of log π − log π_old. A rollout without tokens adds 0 and still counts in G.
4. Where the clipped and the unclipped term are equal, the gradient is the unclipped term's.
"""

import numpy as np

import golden
from eq07 import group_deviations


def group_advantages(rewards, scaling="group"):
    """rewards: [N, G]. Returns advantages [N, G] and the number of groups in which all rewards are equal."""
    deviations = group_deviations(rewards)  # [N]
    dead = deviations == 0
    centred = rewards - rewards.mean(axis=-1, keepdims=True)
    centred[dead] = 0
    divisors = np.ones(len(rewards))
    if scaling == "group":
        divisors = np.where(dead, 1, deviations)
    elif scaling == "batch" and rewards.max() > rewards.min():
        divisors = np.full(len(rewards), rewards.std())
    return centred / divisors[:, None], int(dead.sum())


def kl_estimate(new, reference, estimator):
    """The estimate of KL[π‖π_ref] and its derivative with respect to log π, a token."""
    d = reference - new
    if estimator == "k1":
        return -d, np.ones_like(d)
    if estimator == "k2":
        return d * d / 2, -d
    return np.expm1(d) - d, -np.expm1(d)


def rollout_terms(new, old, advantage, low, high, is_sequence_level):
    """min[ρ Â, clip(ρ, low, high) Â] a token, its derivative by log π, and where it is clipped."""
    log_ratio = new - old
    if is_sequence_level:
        log_ratio = np.full_like(new, log_ratio.mean()) if len(new) else new
    ratio = np.exp(log_ratio)
    unclipped, clipped = ratio * advantage, np.clip(ratio, low, high) * advantage
    is_clipped = clipped < unclipped
    derivative = np.where(is_clipped, 0.0, unclipped)
    if is_sequence_level and len(new):
        derivative = np.full_like(new, derivative.mean())
    return np.minimum(unclipped, clipped), derivative, is_clipped


def divisor(loss, length, lengths, maximum_length):
    """What the sum over one rollout's tokens is divided by before the sum over the rollouts."""
    rollouts = sum(len(group) for group in lengths)
    if loss == "dapo":
        return sum(sum(group) for group in lengths)
    return rollouts * (maximum_length if loss == "drGRPO" else max(length, 1))


def popo_loss(inputs):
    """The loss, its gradient with respect to log π, and the KL term by itself.

    The log-probabilities are lists [N][G] of arrays [T]; every prompt has the same number G of rollouts.
    """
    new, old, reference = (inputs[key] for key in ("new", "old", "reference"))
    low, high = 1 - inputs["clipRange"], 1 + inputs["clipRangeHigh"]
    lengths = [[len(rollout) for rollout in group] for group in new]
    loss = kl = 0.0
    clipped = 0
    gradient = [[None] * len(group) for group in new]
    for n, group in enumerate(new):
        for i, tokens in enumerate(group):
            is_gspo = inputs["loss"] == "gspo"
            arguments = tokens, old[n][i], inputs["advantages"][n][i], low, high, is_gspo
            gain, gain_slope, is_clipped = rollout_terms(*arguments)
            penalty, penalty_slope = kl_estimate(tokens, reference[n][i], inputs["klEstimator"])
            share = 1 / divisor(inputs["loss"], lengths[n][i], lengths, inputs["maximumLength"])
            loss -= share * (gain - inputs["klCoefficient"] * penalty).sum()
            kl += share * penalty.sum()
            clipped += int(is_clipped.sum())
            gradient[n][i] = -share * (gain_slope - inputs["klCoefficient"] * penalty_slope)
    total = sum(sum(group) for group in lengths)
    return {"loss": loss, "gradient": gradient, "kl": kl, "clippedFraction": clipped / total}


def random_inputs(random, lengths, **changes):
    """Log-probabilities near each other, so that some ratios leave the clip range and most do not."""

    def around(centres, spread):
        return [
            [np.minimum(golden.on_grid(x + random.normal(0, spread, x.shape)), -(2.0**-10)) for x in group]
            for group in centres
        ]

    base = [[-random.exponential(1.5, size=length) for length in group] for group in lengths]
    rewards = golden.on_grid(random.uniform(size=(len(lengths), len(lengths[0]))))
    inputs = {
        "new": around(base, 0.2),
        "old": around(base, 0.1),
        "reference": around(base, 0.3),
        "advantages": group_advantages(rewards)[0],
        "clipRange": 0.2,
        "clipRangeHigh": 0.2,
        "klCoefficient": 0.04,
        "klEstimator": "k3",
        "loss": "grpo",
        "maximumLength": 8,
    }
    inputs.update(changes)
    return inputs


def check(inputs, gradient):
    """The analytic gradient against central differences."""
    for n, group in enumerate(inputs["new"]):
        for i, tokens in enumerate(group):

            def loss(values):
                changed = [list(other) for other in inputs["new"]]
                changed[n][i] = values
                return popo_loss(dict(inputs, new=changed))["loss"]

            numeric = golden.central_difference(loss, tokens, step=1e-6)
            assert np.allclose(numeric, gradient[n][i], atol=1e-7), "gradient of Eq. (8)"


def loss_cases(random):
    ragged = [[3, 5, 1, 8], [2, 2, 6, 4]]
    narrow = {"clipRange": 0.0625, "clipRangeHigh": 0.0625}
    runs = {
        "one token": random_inputs(random, [[1, 1]]),
        "ragged": random_inputs(random, ragged),
        "k1": random_inputs(random, ragged, klEstimator="k1"),
        "k2": random_inputs(random, ragged, klEstimator="k2", klCoefficient=0.5),
        "k3, strong": random_inputs(random, ragged, klCoefficient=1.0),
        "no KL": random_inputs(random, ragged, klCoefficient=0.0),
        "narrow clip": random_inputs(random, ragged, **narrow),
        "asymmetric clip": random_inputs(random, ragged, clipRange=0.0625, clipRangeHigh=0.28125),
        "no advantage": random_inputs(random, [[2, 3]], advantages=np.zeros((1, 2))),
        "a rollout without tokens": random_inputs(random, [[3, 0, 2], [1, 4, 2]]),
        "Dr. GRPO": random_inputs(random, ragged, loss="drGRPO"),
        "DAPO": random_inputs(random, ragged, loss="dapo", clipRangeHigh=0.28125),
        "GSPO": random_inputs(random, ragged, loss="gspo"),
        "GSPO, narrow clip": random_inputs(random, ragged, loss="gspo", **narrow),
    }
    first_step = random_inputs(random, ragged)
    first_step["old"] = first_step["new"]
    runs["on policy"] = first_step
    at_reference = random_inputs(random, [[4, 2]], klCoefficient=1.0)
    at_reference["reference"] = at_reference["old"] = at_reference["new"]
    runs["on policy, at the reference"] = at_reference
    cases = []
    for name, inputs in runs.items():
        expected = popo_loss(inputs)
        check(inputs, expected["gradient"])
        cases.append(golden.case(name, inputs, **expected))
    return cases


def advantage_cases(random):
    rewards = golden.on_grid(random.uniform(size=(3, 4)))
    dead = rewards.copy()
    dead[1] = 0.1
    tables = {
        "random": rewards,
        "one dead group": dead,
        "all dead": np.repeat([[0.1], [0.7]], 3, axis=1),
        "all equal": np.full((2, 5), 0.1),
        "two rollouts": np.array([[1.0, 0.0], [0.25, 0.75]]),
        "one winner": np.array([[0.0, 0.0, 0.0, 1.0]]),
        "one rollout": np.array([[0.5], [0.25]]),
    }
    cases = []
    for name, table in tables.items():
        for scaling in ("group", "batch", "none"):
            advantages, count = group_advantages(table, scaling)
            inputs = {"rewards": table, "scaling": scaling}
            cases.append(golden.case(f"{name}, {scaling}", inputs, advantages=advantages, deadGroups=count))
    return cases


def main():
    seed = 108
    random = np.random.default_rng(seed)
    lists = {"cases": loss_cases(random), "advantageCases": advantage_cases(random)}
    golden.write("eq08.json", __file__, seed, **lists)


if __name__ == "__main__":
    main()
