"""The ranking network of stages 3 and 4: ESMM over pooled sequences, cross layers and experts, with its loss and gradients.

Fields of a row are rows of one embedding table; the first three are the candidate's item, L2 and L3, and a behaviour has
these three. With q the candidate [D], S the behaviours [L, D], m their mask [L], D = 3E:

    mean         Σ m s / max(1, Σ m)
    attention    softmax(S q / √D) S over the behaviours that are there; 0 without any
    din          Σ m a(q, s) s,  a = u · prelu(W_q q + b + W_s s + W_p (q ∘ s)) + c
    transformer  attention over z,  y = LN(x + Attention(x)), z = LN(y + W₂ relu(W₁ y)),  x = S + positions

Then x = [fields; pooled history; codes; pooled similar sequence], cross layers x ← x₀ ∘ (W x + b) + x, what the towers
share, and the towers. The loss is BCE(click, σ(a)) + BCE(conversion, σ(a) σ(b)), mean over the batch.

Gradients are complex steps: Im f(w + ih) / h with h = 1e-30 is exact to rounding, since nothing is subtracted.
"""

import numpy as np

import golden

E, BEHAVIOR = 2, 3
D = E * BEHAVIOR
ROWS, FIELDS, BATCH, HISTORY, CODES, CODE_VALUES, SIMILAR = 9, 5, 4, 3, 2, 3, 4
TOWER, HIDDEN, EXPERTS, EXPERT_WIDTH, CROSS = 3, 4, 2, 3, 2
DIGITS = 12


def relu(x):
    return np.where(np.real(x) > 0, x, 0 * x)


def softmax(x):
    powers = np.exp(x - np.real(x).max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def layer_norm(x, weight, bias):
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + 1e-5) * weight + bias


def linear(w, name, x):
    y = x @ w[f"{name}.weight"].T
    return y + w[f"{name}.bias"] if f"{name}.bias" in w else y


def target_attention(q, s):
    return softmax(s @ q / np.sqrt(len(q))) @ s if len(s) else 0 * q


def transformer(w, name, s, count):
    """The block over all places; behaviours come first, and padding is not attended to."""
    x = s + w[f"{name}.positions"]
    parts = linear(w, f"{name}.projections", x).reshape(len(s), 3, BEHAVIOR, E)
    heads = []
    for head in range(BEHAVIOR):
        q, k, v = parts[:, 0, head], parts[:, 1, head], parts[:, 2, head]
        seen = slice(None) if count == 0 else slice(0, count)
        heads.append(softmax(q @ k[seen].T / np.sqrt(E)) @ v[seen])
    y = layer_norm(x + linear(w, f"{name}.output", np.concatenate(heads, axis=-1)),
                   w[f"{name}.norm.0.weight"], w[f"{name}.norm.0.bias"])
    fed = linear(w, f"{name}.outer", relu(linear(w, f"{name}.inner", y)))
    return layer_norm(y + fed, w[f"{name}.norm.1.weight"], w[f"{name}.norm.1.bias"])


def pool(w, name, kind, q, s, count):
    """q [D], s [L, D] of which the first `count` are behaviours."""
    if kind == "mean":
        return s[:count].sum(axis=0) / max(1, count)
    if kind == "attention":
        return target_attention(q, s[:count])
    if kind == "transformer":
        return target_attention(q, transformer(w, name, s, count)[:count])
    hidden = (linear(w, f"{name}.candidate", q) + s @ w[f"{name}.behavior"] + (q * s) @ w[f"{name}.product"])
    activated = np.where(np.real(hidden) > 0, hidden, w[f"{name}.slope"] * hidden)
    weights = linear(w, f"{name}.output", activated)[:, 0]
    return (weights[:count, None] * s[:count]).sum(axis=0)


def tower_inputs(w, kind, x):
    if kind == "separate":
        return x, x
    if kind == "sharedBottom":
        hidden = relu(linear(w, "bottom", x))
        return hidden, hidden
    shared = relu(linear(w, "experts.shared", x)).reshape(-1, EXPERT_WIDTH)
    found = []
    for task in ("click", "conversion"):
        experts = shared
        if kind == "ple":
            experts = np.concatenate([relu(linear(w, f"experts.{task}", x)).reshape(-1, EXPERT_WIDTH), shared])
        found.append(softmax(linear(w, f"gate.{task}", x)) @ experts)
    return tuple(found)


def logits(w, batch, pooling, towers, cross):
    found = []
    for row in range(BATCH):
        fields = w["embedding"][batch["fields"][row]].reshape(-1)
        q = fields[:D]

        def pooled(name):
            s = w["embedding"][batch[name][row]].reshape(-1, D)
            return pool(w, name, pooling, q, s, batch[f"{name}Counts"][row])

        codes = w["codes"][batch["codes"][row]].reshape(-1)
        x = start = np.concatenate([fields, pooled("history"), codes, pooled("similar")])
        for layer in range(cross):
            x = start * linear(w, f"cross.{layer}", x) + x
        inputs = tower_inputs(w, towers, x)
        found.append([
            linear(w, f"{name}.1", relu(linear(w, f"{name}.0", x)))[0]
            for name, x in zip(("click", "conversion"), inputs)
        ])
    return np.array(found).T


def log_sigmoid(x):
    """log σ(x) of a complex number with a tiny imaginary part."""
    return np.where(np.real(x) > 0, -np.log(1 + np.exp(-x)), x - np.log(1 + np.exp(x)))


def loss(w, batch, *choices):
    a, b = logits(w, batch, *choices)
    clicks, conversions = batch["clicks"], batch["conversions"]
    joint = log_sigmoid(a) + log_sigmoid(b)
    no_conversion = np.log(1 - np.exp(joint))
    terms = clicks * log_sigmoid(a) + (1 - clicks) * log_sigmoid(-a)
    terms = terms + conversions * joint + (1 - conversions) * no_conversion
    return -terms.mean()


def shapes(pooling, towers, cross):
    """Every weight's shape by its name in a saved ranker."""
    width = FIELDS * E + 2 * D + CODES * E
    found = {"embedding": (ROWS, E), "codes": (CODES * CODE_VALUES, E)}

    def add(name, inputs, outputs, bias=True):
        found[f"{name}.weight"] = (outputs, inputs)
        if bias:
            found[f"{name}.bias"] = (outputs,)

    for name, length in (("history", HISTORY), ("similar", SIMILAR)):
        if pooling == "din":
            add(f"{name}.candidate", D, HIDDEN)
            found |= {f"{name}.behavior": (D, HIDDEN), f"{name}.product": (D, HIDDEN), f"{name}.slope": (HIDDEN,)}
            add(f"{name}.output", HIDDEN, 1)
        if pooling == "transformer":
            found[f"{name}.positions"] = (length, D)
            for part, inputs, outputs in (("projections", D, 3 * D), ("output", D, D), ("inner", D, 2 * D),
                                          ("outer", 2 * D, D)):
                add(f"{name}.{part}", inputs, outputs)
            for layer in range(2):
                found |= {f"{name}.norm.{layer}.weight": (D,), f"{name}.norm.{layer}.bias": (D,)}
    for layer in range(cross):
        add(f"cross.{layer}", width, width)
    if towers == "sharedBottom":
        add("bottom", width, EXPERT_WIDTH)
    if towers in ("mmoe", "ple"):
        own = EXPERTS if towers == "ple" else 0
        add("experts.shared", width, EXPERTS * EXPERT_WIDTH)
        for task in ("click", "conversion"):
            if own:
                add(f"experts.{task}", width, own * EXPERT_WIDTH)
            add(f"gate.{task}", width, own + EXPERTS, bias=False)
    inputs = width if towers == "separate" else EXPERT_WIDTH
    for task in ("click", "conversion"):
        add(f"{task}.0", inputs, TOWER)
        add(f"{task}.1", TOWER, 1)
    return found


def gradients(w, batch, *choices):
    found = {}
    for name, values in w.items():
        slope = np.zeros(values.shape)
        for index in np.ndindex(values.shape):
            moved = {key: value.astype(complex) for key, value in w.items()}
            moved[name][index] += 1e-30j
            slope[index] = np.imag(loss(moved, batch, *choices)) / 1e-30
        found[name] = golden.rounded(slope, DIGITS)
    return found


def main():
    seed = 211
    random = np.random.default_rng(seed)
    batch = {
        "fields": random.integers(0, ROWS, (BATCH, FIELDS)),
        "history": random.integers(0, ROWS, (BATCH, HISTORY, BEHAVIOR)),
        "historyCounts": np.array([0, 1, HISTORY, 2]),
        "codes": random.integers(0, CODE_VALUES, (BATCH, CODES)) + np.arange(CODES) * CODE_VALUES,
        "similar": random.integers(0, ROWS, (BATCH, SIMILAR, BEHAVIOR)),
        "similarCounts": np.array([2, 0, SIMILAR, 1]),
        "clicks": np.array([1.0, 1, 0, 0]),
        "conversions": np.array([1.0, 0, 0, 0]),
    }
    cases = []
    for pooling, towers, cross in (("attention", "separate", 0), ("mean", "sharedBottom", 0), ("din", "mmoe", 0),
                                   ("din", "separate", CROSS), ("transformer", "ple", 1)):
        w = {name: golden.on_grid(random.normal(0, 0.6, shape))
             for name, shape in shapes(pooling, towers, cross).items()}
        a, b = logits(w, batch, pooling, towers, cross)
        cases.append(golden.case(
            f"{pooling} {towers} {cross} cross layers",
            {"pooling": pooling, "towers": towers, "crossLayers": cross, "batch": batch,
             "weights": {name: {"shape": value.shape, "values": value.ravel()} for name, value in w.items()}},
            click=golden.rounded(a, DIGITS), conversion=golden.rounded(b, DIGITS),
            loss=float(f"{loss(w, batch, pooling, towers, cross):.{DIGITS}g}"),
            gradients={name: slope.ravel() for name, slope in
                       gradients(w, batch, pooling, towers, cross).items()}))
    golden.write("ranking.json", __file__, seed, cases=cases)


if __name__ == "__main__":
    main()
