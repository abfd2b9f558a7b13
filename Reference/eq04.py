"""Eq. (4): the collaborative reward, P(click ∧ conversion | user, item), min-max normalized.

Training keeps every conversion and only the share `rate` of the other impressions. Of the three outcomes
(no click; click only; click and conversion) the first two are therefore 1/rate times too rare in the
sample, and the true probabilities are

    (a, b, c · rate) / (a + b + c · rate)     a = 1 − pCTR′,  b = pCTR′ − pCTCVR′,  c = pCTCVR′

where ′ marks what the network, trained on the sample, puts out. So the odds of conversion are the sampled
odds times the rate.
"""

import numpy as np

import golden


def sigmoid(logits):
    """1 / (1 + e⁻ˣ) without overflow."""
    small = np.exp(-np.abs(logits))
    return np.where(logits >= 0, 1 / (1 + small), small / (1 + small))


def corrected(click_logits, conversion_logits, rate):
    """Probabilities after undoing the sampling: click, conversion given click, click and conversion.

    rate: the share of impressions without conversion that was kept, 0 < rate ≤ 1.
    """
    none = sigmoid(-click_logits)
    click_only = sigmoid(click_logits) * sigmoid(-conversion_logits)
    both = sigmoid(click_logits) * sigmoid(conversion_logits) * rate
    total = none + click_only + both
    return (click_only + both) / total, both / (click_only + both), both / total


def min_max(values):
    """(v − min) / (max − min) over the whole table; all 0 if the table is constant."""
    low, high = np.min(values), np.max(values)
    return (values - low) / (high - low) if high > low else np.zeros_like(values)


def main():
    seed = 104
    random = np.random.default_rng(seed)
    grid = golden.on_grid
    inputs = {
        "not sampled": (grid(random.normal(-1, 1, 6)), grid(random.normal(-2, 1, 6)), 1.0),
        "one in 512": (grid(random.normal(-1, 1.5, 8)), grid(random.normal(0, 1.5, 8)), 2.0**-9),
        "one in 500": (grid(random.normal(-1, 1.5, 4)), grid(random.normal(0, 1.5, 4)), 0.002),
        "even odds": (np.zeros(1), np.zeros(1), 0.25),
        "extreme logits": (np.array([40.0, -40.0, 40.0, -40.0]), np.array([40.0, -40.0, -40.0, 40.0]), 0.01),
    }
    cases = []
    for name, (click, conversion, rate) in inputs.items():
        sampled = sigmoid(click) * sigmoid(conversion)
        true_click, true_conversion, true_both = corrected(click, conversion, rate)
        odds = true_both / (1 - true_both)
        if name != "extreme logits":
            assert np.allclose(odds, sampled / (1 - sampled) * rate), "odds of conversion"
        cases.append(
            golden.case(
                name,
                {"clickLogits": click, "conversionLogits": conversion, "rate": rate},
                sampledCTR=sigmoid(click),
                sampledCVR=sigmoid(conversion),
                sampledCTCVR=sampled,
                ctr=true_click,
                cvr=true_conversion,
                ctcvr=true_both,
            )
        )

    tables = {
        "random": grid(random.uniform(0, 0.1, 9), bits=14),
        "two values": np.array([0.25, 0.5]),
        "negative": np.array([-2.0, 0.0, 6.0, 2.0]),
        "constant": np.full(4, 0.1),
        "one value": np.array([0.75]),
    }
    normalization_cases = [
        golden.case(name, {"values": values}, normalized=min_max(values)) for name, values in tables.items()
    ]
    golden.write("eq04.json", __file__, seed, cases=cases, normalizationCases=normalization_cases)


if __name__ == "__main__":
    main()
