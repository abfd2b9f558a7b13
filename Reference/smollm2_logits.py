"""Logits, token log-probabilities and greedy continuations of SmolLM2-135M-Instruct, by transformers.

The weights are those of the GGUF file, dequantized to float32; the arithmetic is float64. transformers falls
back to float32 in its RMS norm and its rotary tables: both are replaced by the same formula in float64.
`float32Difference` is the largest difference to the same model run entirely in float32: a test in float32
cannot ask for less.

Two things to know when comparing:

1. In GGUF files of the Llama architecture the rows of the query and key matrices are permuted, so that rotary
   pairs are neighbours (0, 1), (2, 3), …; transformers undoes it and pairs i with i + width / 2.
2. transformers builds the tokenizer of a GGUF file without the step that splits digits one by one, which
   SmolLM has. It is put back here; "a  12" differs without it.
"""

import os

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import torch
from tokenizers import pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.models.llama import modeling_llama

import golden

FOLDER, FILE = golden.MODELS / "smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"

TEXTS = {
    "code": (
        "def mean(values: list[float]) -> float:\n"
        "    # 12 values, 3.5 each\n"
        "    return sum(values) / len(values)\n"
    ),
    "Chinese and emoji": "今天超市里的苹果🍎和牛奶🥛打八折，我想买两箱。The total is ￥58.90, naïve café!",
    "groceries": (
        "Shopping list:\n- 2  lb ground beef\n- 1 gal 2% milk\n- 12 large eggs\n"
        "- wheat bread\t$2.49\n- bananas\n-"
    ),
}
QUESTION = "Name one thing that a household that buys diapers and formula may need next, and say why."


def load_tokenizer():
    tokenizer = AutoTokenizer.from_pretrained(FOLDER, gguf_file=FILE)
    digits = pre_tokenizers.Digits(individual_digits=True)
    bytes_ = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, bytes_])
    return tokenizer


def norm(self, hidden):
    """RMS norm in the width of its input."""
    return self.weight * hidden * torch.rsqrt(hidden.pow(2).mean(-1, keepdim=True) + self.variance_epsilon)


def rotary(self, x, position_ids):
    """cos and sin of the rotary angles, [1, T, head width], in the width of `x`."""
    width, base = self.config.head_dim, self.config.rope_parameters["rope_theta"]
    frequencies = base ** (-torch.arange(0, width, 2, dtype=x.dtype) / width)
    angles = position_ids[..., None].to(x.dtype) * frequencies
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos(), angles.sin()


@torch.inference_mode()
def logits(model, ids):
    return model(torch.tensor([ids])).logits[0].double().numpy()  # [T, V]


def greedy(model, ids, count):
    """The next `count` most likely tokens, and the smallest lead of a choice over the second best."""
    ids, lead = list(ids), np.inf
    for _ in range(count):
        last = logits(model, ids)[-1]
        second, first = np.sort(last)[-2:]
        lead = min(lead, first - second)
        ids.append(int(last.argmax()))
    return ids[-count:], lead


def position_values(row, vocabulary):
    """What is kept of the logits of one position, [V]."""
    top = row.max()
    best = np.sort(row)[-6:]
    assert np.diff(best).min() > 1e-3, "a tie among the best five: choose another position"
    return {
        "logits": golden.rounded(row[vocabulary]),
        "logSumExp": golden.rounded([top + np.log(np.exp(row - top).sum())])[0],
        "topIDs": np.argsort(-row, kind="stable")[:5],
    }


def main():
    seed = 201
    torch.set_num_threads(1)
    tokenizer = load_tokenizer()
    load = AutoModelForCausalLM.from_pretrained
    model = load(FOLDER, gguf_file=FILE, dtype=torch.float32, attn_implementation="sdpa").eval()
    messages = [{"role": "user", "content": QUESTION}]
    chat = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    texts = {"chat": chat, **TEXTS}
    ids = {name: tokenizer(text)["input_ids"] for name, text in texts.items()}
    single = {name: logits(model, value) for name, value in ids.items()}

    modeling_llama.LlamaRMSNorm.forward = norm
    modeling_llama.LlamaRotaryEmbedding.forward = rotary
    model = model.double()
    double = {name: logits(model, value) for name, value in ids.items()}
    random = np.random.default_rng(seed)
    chosen = random.choice(np.arange(3, model.config.vocab_size - 1), size=28, replace=False).tolist()
    vocabulary = sorted([0, 1, 2, model.config.vocab_size - 1, *chosen])

    cases = []
    for name, text in texts.items():
        values, length = double[name], len(ids[name])
        positions = [length // 3, 2 * length // 3, length - 1]
        log_probabilities = values - np.logaddexp.reduce(values, axis=1, keepdims=True)
        cases.append(
            golden.case(
                name,
                {"text": text, "ids": ids[name], "positions": positions},
                positions=[position_values(values[position], vocabulary) for position in positions],
                tokenLogProbabilities=golden.rounded(log_probabilities[np.arange(length - 1), ids[name][1:]]),
            )
        )
    greedy_cases = []
    for name in ("chat", "groceries"):
        continuation, lead = greedy(model, ids[name], 16)
        print(f"{name}: {tokenizer.decode(continuation)!r}, smallest lead {lead:.3f}")
        expected = {"ids": continuation, "text": tokenizer.decode(continuation), "smallestLead": lead}
        greedy_cases.append(golden.case(name, {"ids": ids[name]}, **expected))
    difference = max(np.abs(single[name] - double[name]).max() for name in texts)
    golden.write(
        "smollm2-logits.json",
        __file__,
        seed,
        packages=("torch", "transformers", "tokenizers", "gguf"),
        model=FILE,
        vocabularyIDs=vocabulary,
        float32Difference=float(f"{difference:.2g}"),
        cases=cases,
        greedyCases=greedy_cases,
    )


if __name__ == "__main__":
    main()
