"""llama.cpp: greedy decoding of several sequences after prompts of one length; the time of the decode steps alone."""
import time

from llama_model import PEER, Model, defaults
from peer import options, random_tokens, report

asked = options(batch=16, prompt_tokens=482, tokens=96, steps=2, warmup=0, **defaults())
model = Model(asked, asked.batch, asked.prompt_tokens + asked.tokens + 1)
prompts = random_tokens(asked, asked.batch, asked.prompt_tokens, model.vocabulary)


def step():
    model.clear()
    tokens = model.prefill(prompts)
    start = time.perf_counter()
    for index in range(asked.tokens):
        tokens = model.next(tokens, asked.prompt_tokens + index)
    return time.perf_counter() - start


report(PEER, "decode", asked, asked.batch * asked.tokens, step)
