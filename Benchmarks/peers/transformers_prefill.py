"""transformers: fills the cache for a batch of prompts and scores the token after each."""
import torch

from peer import options, report, seconds
from transformers_model import PEER, load, random_ids

asked = options(batch=16, prompt_tokens=482)
model = load(asked)
ids = random_ids(asked, asked.batch, asked.prompt_tokens, model)


@torch.inference_mode()
def prefill():
    output = model(input_ids=ids, use_cache=True, logits_to_keep=1)
    return output.logits[:, -1].argmax(-1)


report(PEER, "prefill", asked, ids.numel(), lambda: seconds(prefill))
