"""transformers: log-probabilities of several continuations of one prompt, each in a forward pass of its own.

`--logits full` is what a user writes first: scores of the vocabulary at every position. `--logits needed` asks for them
only where a continuation token is predicted.
"""
import torch

from peer import options, report, seconds
from transformers_model import PEER, load, random_ids

asked = options(group=3, prompt_tokens=482, completion_tokens=100, logits="full")
model = load(asked)
prompt = random_ids(asked, 1, asked.prompt_tokens, model)
completions = [random_ids(asked, 1, asked.completion_tokens, model) for _ in range(asked.group)]
kept = 0 if asked.logits == "full" else asked.completion_tokens + 1


@torch.inference_mode()
def score():
    sums = []
    for completion in completions:
        ids = torch.cat([prompt, completion], dim=1)
        scores = model(input_ids=ids, use_cache=False, logits_to_keep=kept).logits
        scores = scores[:, -asked.completion_tokens - 1:-1].log_softmax(-1)
        sums.append(scores.gather(-1, completion.unsqueeze(-1)).sum().item())
    return sums


report(PEER, "score", asked, asked.group * asked.completion_tokens, lambda: seconds(score), logits=asked.logits)
