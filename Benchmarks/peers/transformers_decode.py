"""transformers: greedy decoding after prompts of one length; the time of the decode steps alone.

The loop calls the model itself, which costs less than `generate`. `--cache static` writes keys and values in place
instead of growing them.
"""
import time

import torch
from transformers import DynamicCache, StaticCache

from peer import finish, options, report
from transformers_model import PEER, load, random_ids

asked = options(model="smollm2-f32", batch=16, prompt_tokens=482, tokens=96, cache="dynamic", steps=2, warmup=0)
model = load(asked)
ids = random_ids(asked, asked.batch, asked.prompt_tokens, model)


def empty_cache():
    if asked.cache == "static":
        return StaticCache(config=model.config, max_cache_len=asked.prompt_tokens + asked.tokens + 1)
    return DynamicCache(config=model.config)


@torch.inference_mode()
def decode():
    cache = empty_cache()
    output = model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
    finish(asked.device)
    start = time.perf_counter()
    for _ in range(asked.tokens):
        token = output.logits[:, -1].argmax(-1, keepdim=True)
        output = model(input_ids=token, past_key_values=cache, use_cache=True)
    output.logits[:, -1].argmax(-1)
    finish(asked.device)
    return time.perf_counter() - start


report(PEER, "decode", asked, asked.batch * asked.tokens, decode, cache=asked.cache)
