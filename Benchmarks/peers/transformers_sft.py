"""transformers: one training step, forward, backward and fused AdamW, on packed sequences without padding.

`--allocator keep` has the C library keep what is freed, as Taiji does: faster, at more memory.
"""
import torch

from peer import options, report, seconds
from transformers_model import PEER, load, random_ids

asked = options(batch=2, tokens=512, allocator="system")
model = load(asked).train()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, fused=True)
ids = random_ids(asked, asked.batch, asked.tokens, model)


def step():
    loss = model(input_ids=ids, labels=ids, use_cache=False).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return loss.item()


report(PEER, "sft", asked, ids.numel(), lambda: seconds(step, asked.device), allocator=asked.allocator)
