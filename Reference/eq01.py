"""Eq. (1): the perplexity of an answer given its context, and the threshold R that refines the samples."""

import math

import numpy as np

import golden


def log_likelihood(log_probabilities):
    """Σₜ log P(yₜ | context, y₁ … yₜ₋₁), rounded once."""
    return math.fsum(log_probabilities)


def perplexity(log_probabilities):
    """PPL = exp(−(1/T) · log-likelihood), T ≥ 1 tokens."""
    return math.exp(-log_likelihood(log_probabilities) / len(log_probabilities))


def threshold(perplexities):
    """R: the median; of an even number of values the mean of the middle two."""
    return float(np.median(perplexities))


def main():
    seed = 101
    random = np.random.default_rng(seed)
    inputs = {
        "one token": [-0.75],
        "certain": [0.0, 0.0, 0.0],
        "uniform over 11 tokens": [math.log(1 / 11)] * 4,
        "one impossible token": [-0.5, -700.0, -0.25],
        "very unlikely": [-700.0],
    }
    for count in (2, 7, 40):
        inputs[f"random {count}"] = golden.on_grid(-random.exponential(1.5, size=count)).tolist()
    cases = [
        golden.case(
            name,
            {"logProbabilities": values},
            logLikelihood=log_likelihood(values),
            perplexity=perplexity(values),
        )
        for name, values in inputs.items()
    ]

    tables = {
        "odd": golden.on_grid(1 + random.exponential(4, size=9)),
        "even": golden.on_grid(1 + random.exponential(4, size=12)),
        "one": np.array([4.5]),
        "all equal, none below": np.array([2.0, 2.0, 2.0]),
    }
    threshold_cases = [
        golden.case(
            name,
            {"perplexities": values},
            threshold=threshold(values),
            retained=np.flatnonzero(values < threshold(values)),
        )
        for name, values in tables.items()
    ]
    golden.write("eq01.json", __file__, seed, cases=cases, thresholdCases=threshold_cases)


if __name__ == "__main__":
    main()
