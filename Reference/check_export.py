"""Checks that transformers loads what Taiji wrote, and computes the same with it.

    python Reference/check_export.py ORIGINAL WRITTEN [ORIGINAL WRITTEN ...]

ORIGINAL is a model folder or a GGUF file, WRITTEN a folder that Taiji wrote from it. Weights, logits, token
ids, chat template and end tokens are compared; the exit status is 1 when one differs. Logits of the same
float32 weights are equal to the last bit, since both come from the same program.
"""

import json
import os
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

TEXTS = [
    "<|im_start|>user\nthe milk and 12 tins<|im_end|>\n<|im_start|>assistant\n",
    "The quick brown fox doesn't cost $1,234.50!",
    "今天买苹果🍎 naïve café\r\n\tx  y   z",
]


def load(path):
    where = {"pretrained_model_name_or_path": str(path)}
    if path.suffix == ".gguf":
        where = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
    model = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32, attn_implementation="eager")
    return model.eval(), AutoTokenizer.from_pretrained(**where)


def end_tokens(model):
    value = model.generation_config.eos_token_id
    return sorted({value} if isinstance(value, int) else set(value or []))


@torch.inference_mode()
def compare(original, written):
    (first, first_tokenizer), (second, second_tokenizer) = load(original), load(written)
    weights, others = dict(first.named_parameters()), dict(second.named_parameters())
    problems = []
    if weights.keys() != others.keys():
        problems.append(f"weights {sorted(weights.keys() ^ others.keys())[:4]}")
    shared = weights.keys() & others.keys()
    weight_difference = max((weights[name] - others[name]).abs().max().item() for name in shared)
    logit_difference = 0.0
    for text in TEXTS:
        ids, other = first_tokenizer(text).input_ids, second_tokenizer(text).input_ids
        if ids != other:
            problems.append(f"ids of {text[:12]!r}: {ids[:12]} and {other[:12]}")
        batch = torch.tensor([ids])
        logit_difference = max(
            logit_difference, (first(batch).logits - second(batch).logits).abs().max().item()
        )
    if first_tokenizer.chat_template != second_tokenizer.chat_template:
        problems.append("chat templates")
    if not set(end_tokens(first)) <= set(end_tokens(second)):
        problems.append(f"end tokens {end_tokens(first)} and {end_tokens(second)}")
    if weight_difference or logit_difference:
        problems.append("numbers")
    kind = json.loads((written / "config.json").read_text())["architectures"][0]
    print(
        f"{written.name}: {kind}, {sum(weight.numel() for weight in others.values())} weights, "
        f"largest difference of a weight {weight_difference:.3g}, of a logit {logit_difference:.3g}, "
        f"ends {end_tokens(second)}: {'; '.join(problems) or 'equal'}"
    )
    return not problems


def main():
    paths = [Path(path) for path in sys.argv[1:]]
    if not paths or len(paths) % 2:
        sys.exit(__doc__)
    results = [compare(*pair) for pair in zip(paths[::2], paths[1::2])]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
