"""Eq. (2): the ORFT loss, SUMMED over a sample's output tokens, then the mean over the N samples, as printed.

The logits of position p predict the token at p + 1. A sample without an output token adds nothing to the sum
and still counts in N.
"""

import numpy as np

import golden


def log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def orft_loss(samples):
    """Loss and its gradient.

    samples: dictionaries with `logits` [T, V], `tokens` [T] and `isPrompt` [T] (true: the token is given,
    not learned; always true of the first). Returns the loss and, a sample, the gradient with respect to its
    logits [T, V]: (softmax − one-hot) / N at the positions that predict an output token, else zero.
    """
    count = len(samples)
    loss = 0.0
    gradients = []
    for sample in samples:
        log_probabilities = log_softmax(sample["logits"])
        gradient = np.zeros_like(log_probabilities)
        for position in range(1, len(sample["tokens"])):
            if sample["isPrompt"][position]:
                continue
            token = sample["tokens"][position]
            loss -= log_probabilities[position - 1, token] / count
            gradient[position - 1] = np.exp(log_probabilities[position - 1]) / count
            gradient[position - 1, token] -= 1 / count
        gradients.append(gradient)
    return loss, gradients


def random_sample(random, prompt, output, vocabulary=11, spread=2.0):
    tokens = random.integers(0, vocabulary, size=prompt + output)
    logits = golden.on_grid(random.normal(0, spread, size=(prompt + output, vocabulary)))
    return {"logits": logits, "tokens": tokens, "isPrompt": [True] * prompt + [False] * output}


def check(samples, gradients):
    """The analytic gradient against central differences."""
    for index, sample in enumerate(samples):

        def loss(logits):
            changed = [dict(other) for other in samples]
            changed[index]["logits"] = logits
            return orft_loss(changed)[0]

        numeric = golden.central_difference(loss, sample["logits"])
        assert np.allclose(numeric, gradients[index], atol=1e-6), "gradient of Eq. (2)"


def main():
    seed = 102
    random = np.random.default_rng(seed)
    shapes = (2, 5), (4, 1), (1, 3)
    batches = {
        "one sample, one output token": [random_sample(random, 3, 1)],
        "three samples of different length": [random_sample(random, *shape) for shape in shapes],
        "a sample without output": [random_sample(random, 3, 0), random_sample(random, 2, 2)],
        "uniform": [dict(random_sample(random, 1, 3), logits=np.zeros((4, 11)))],
        "large logits": [random_sample(random, 2, 3, spread=400.0)],
    }
    interleaved = random_sample(random, 2, 5)
    interleaved["isPrompt"] = [True, True, False, True, False, True, False]
    batches["prompt tokens between outputs"] = [interleaved]

    cases = []
    for name, samples in batches.items():
        loss, gradients = orft_loss(samples)
        check(samples, gradients)
        cases.append(golden.case(name, {"samples": samples}, loss=loss, gradients=gradients))
    golden.write("eq02.json", __file__, seed, cases=cases)


if __name__ == "__main__":
    main()
