"""transformers: fills the cache for a batch of prompts and scores the token after each.

`--together` is how many prompts go through one forward pass; fewer leave more of the activations in the caches.
"""
import torch

from peer import options, report, seconds
from transformers_model import PEER, load, random_ids

asked = options(model="smollm2-f32", batch=16, prompt_tokens=482, together=16)
model = load(asked)
ids = random_ids(asked, asked.batch, asked.prompt_tokens, model)


@torch.inference_mode()
def prefill():
    outputs = [model(input_ids=part, use_cache=True, logits_to_keep=1) for part in ids.split(asked.together)]
    return [output.logits[:, -1].argmax(-1) for output in outputs]


report(PEER, "prefill", asked, ids.numel(), lambda: seconds(prefill, asked.device), together=asked.together)
