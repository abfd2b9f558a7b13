"""torch-rechub: training its DIN activation unit under two ESMM towers, on the features that `taiji-bench rank --features` wrote.

The network is the same: one embedding a field, behaviours of three embeddings that share the candidate's tables, one
activation unit over a behaviour's whole width, towers of 64 and 32. torch-rechub's MLP adds batch norms. A step is one
epoch in batches, as it is on our side; both sides' batches are shuffled, and indexing a batch is part of the step.

`--test FILE` prints AUC and log-loss of CTCVR on other features, for the comparison of quality.
"""
import torch
from safetensors.torch import load_file
from torch import nn
from torch_rechub.basic.features import SparseFeature
from torch_rechub.basic.layers import MLP, EmbeddingLayer
from torch_rechub.models.ranking.din import ActivationUnit

from peer import options, report, seconds

asked = options(features="", test="", batch=1024, width=16, lr=2e-3, attention=36)
torch.set_num_threads(asked.threads)
torch.manual_seed(asked.seed)


def read(name):
    data = load_file(name)
    starts = data["starts"].long()
    # Each of the peer's tables counts from 0.
    data["fields"] = data["fields"].long() - starts[:-1]
    data["history"] = data["history"].long() - starts[:3]
    data["history"] = torch.where(data["mask"].bool().unsqueeze(-1), data["history"], 0)
    return data, (starts[1:] - starts[:-1]).tolist()


class Ranker(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.features = [SparseFeature(f"f{i}", vocab_size=n, embed_dim=asked.width) for i, n in enumerate(sizes)]
        self.embedding = EmbeddingLayer(self.features)
        self.attention = ActivationUnit(3 * asked.width, dims=[asked.attention], activation="prelu")
        width = (len(sizes) + 3) * asked.width
        self.click = MLP(width, dims=[64, 32], activation="relu")
        self.conversion = MLP(width, dims=[64, 32], activation="relu")

    def forward(self, fields, history, mask):
        row = self.embedding({f"f{i}": fields[:, i] for i in range(fields.shape[1])}, self.features)  # [B, F, E]
        tables = self.embedding.embed_dict
        behaviors = torch.cat([tables[f"f{i}"](history[:, :, i]) for i in range(3)], dim=-1) * mask.unsqueeze(-1)
        pooled = self.attention(behaviors, row[:, :3].flatten(1))
        x = torch.cat([row.flatten(1), pooled], dim=1)
        click = torch.sigmoid(self.click(x)).squeeze(1)
        return click, click * torch.sigmoid(self.conversion(x)).squeeze(1)


data, sizes = read(asked.features)
model = Ranker(sizes).train()
optimizer = torch.optim.Adam(model.parameters(), lr=asked.lr)
loss_of = nn.BCELoss()


def epoch():
    for places in torch.randperm(len(data["click"])).split(asked.batch):
        click, both = model(data["fields"][places], data["history"][places], data["mask"][places])
        loss = loss_of(click, data["click"][places]) + loss_of(both, data["conversion"][places])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def quality():
    if not asked.test:
        return {}
    from sklearn.metrics import log_loss, roc_auc_score
    test, _ = read(asked.test)
    model.eval()
    with torch.no_grad():
        parts = [model(test["fields"][p], test["history"][p], test["mask"][p])
                 for p in torch.arange(len(test["click"])).split(4096)]
    click, both = (torch.cat(part).numpy() for part in zip(*parts))
    return {"ctrAUC": roc_auc_score(test["click"], click), "ctcvrAUC": roc_auc_score(test["conversion"], both),
            "ctcvrLogLoss": log_loss(test["conversion"], both)}


if asked.test:
    for _ in range(asked.steps):
        epoch()
    print({name: round(float(value), 5) for name, value in quality().items()})
else:
    report("torch-rechub", "rank", asked, len(data["click"]), lambda: seconds(epoch))
