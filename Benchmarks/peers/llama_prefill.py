"""llama.cpp: fills the cache for a batch of prompts and scores the token after each."""
from llama_model import PEER, Model, defaults
from peer import options, random_tokens, report, seconds

asked = options(batch=16, prompt_tokens=482, **defaults())
model = Model(asked, asked.batch, asked.prompt_tokens)
prompts = random_tokens(asked, asked.batch, asked.prompt_tokens, model.vocabulary)


def step():
    model.clear()
    return seconds(lambda: model.prefill(prompts))


report(PEER, "prefill", asked, asked.batch * asked.prompt_tokens, step)
