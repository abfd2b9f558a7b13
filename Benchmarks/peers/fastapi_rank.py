"""FastAPI, uvicorn and torch: the service of `taiji serve` as a Python team would write it, with the same network and weights.

`RUN=runs/din RANKER=ranker uvicorn --workers 2 fastapi_rank:app`, from this folder; `RANKER=judge` serves the baseline. It
answers `POST /v1/rank` with the items by pCTCVR.
It is spared work that the other side does: users' states are fixed and their rows of the embedding table are ready, cross
features of user and item are constants, and nothing is looked up in a store. Bodies are read and written with orjson; what
the candidates of a request share is computed once.
"""
import json
import os
from pathlib import Path

import numpy
import orjson
import torch
from fastapi import FastAPI, Request, Response
from safetensors.torch import load_file

torch.set_num_threads(1)
RUN = Path(os.environ["RUN"])


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class Vocabulary:
    def __init__(self, path):
        fields = json.loads(path.read_text())["fields"]
        self.names = [field["name"] for field in fields]
        self.starts, self.rows, start = [], [], 0
        for field in fields:
            self.starts.append(start)
            self.rows.append({value: start + 1 + place for place, value in enumerate(field["values"])})
            start += len(field["values"]) + 1

    def row(self, field, value):
        return self.rows[field].get(value, self.starts[field])


class Features:
    """Rows of the embedding table of every item and user."""

    def __init__(self, ranker):
        tables = RUN / "1-construct/tables"
        vocabulary = Vocabulary(ranker / "vocabulary.json")
        shape = json.loads((ranker / "config.json").read_text())["network"]
        self.history_length, self.similar_length = shape["historyLength"], shape["similarLength"]
        items, users = lines(tables / "items.jsonl"), lines(tables / "users.jsonl")
        names = vocabulary.names
        user_start = names.index("user")
        user_names = names[user_start:user_start + 1 + len(users[0]["attributes"])]

        def level(item, place):
            return item["categories"][place] if place < len(item["categories"]) else ""

        def value(item, name):
            known = {"item": item["id"], "l1": level(item, 0), "l2": level(item, 1), "l3": level(item, 2),
                     "brand": item["brand"]}
            return known.get(name, "")

        item_names = names[:user_start]
        self.item_rows = numpy.array(
            [[vocabulary.row(place, value(item, name)) for place, name in enumerate(item_names)] for item in items],
            dtype=numpy.int64)
        self.places = {item["id"]: place for place, item in enumerate(items)}
        rest = vocabulary.starts[user_start + len(user_names):]
        self.users = {}
        histories = [[] for _ in users]
        with open(tables / "events.csv", encoding="utf-8") as file:
            next(file)
            for line in file:
                user, item = line.split(",", 2)[:2]
                histories[int(user)].append(int(item))
        features = lines(RUN / "4-rank/features/features.jsonl")
        code_count = shape["codeCount"]
        for place, user in enumerate(users):
            values = [user["id"]] + [user["attributes"].get(name, "") for name in user_names[1:]]
            row = [vocabulary.row(user_start + k, value) for k, value in enumerate(values)] + rest
            lent = histories[features[place]["similarUsers"][0]]
            self.users[user["id"]] = (
                numpy.array(row, dtype=numpy.int64), self.sequence(histories[place], self.history_length),
                self.sequence(lent, self.similar_length),
                torch.tensor([k * code_count + code for k, code in enumerate(features[place]["codes"])]))

    def sequence(self, items, length):
        newest = items[-length:][::-1]
        return torch.from_numpy(self.item_rows[newest, :3])


class Network:
    def __init__(self, ranker):
        self.w = load_file(ranker / "ranker.safetensors")
        self.layers = 1 + max(int(name.split(".")[1]) for name in self.w if name.startswith("click."))

    def pool(self, name, query, sequence):
        w = self.w
        s = w["embedding"][sequence].flatten(1)  # [L, D]
        offset = query @ w[f"{name}.candidate.weight"].T + w[f"{name}.candidate.bias"]  # [N, H]
        hidden = offset[:, None] + s @ w[f"{name}.behavior"] + (query[:, None] * s) @ w[f"{name}.product"]
        hidden = torch.nn.functional.prelu(hidden.flatten(0, 1), w[f"{name}.slope"]).view_as(hidden)
        weights = hidden @ w[f"{name}.output.weight"][0] + w[f"{name}.output.bias"]  # [N, L]
        return weights @ s

    def tower(self, name, x):
        for layer in range(self.layers):
            x = x @ self.w[f"{name}.{layer}.weight"].T + self.w[f"{name}.{layer}.bias"]
            if layer + 1 < self.layers:
                x = torch.relu(x)
        return x[:, 0]

    def __call__(self, fields, history, similar, codes):
        rows = self.w["embedding"][fields].flatten(1)  # [N, F·E]
        query = rows[:, :self.w["history.behavior"].shape[0]]
        parts = [rows, self.pool("history", query, history)]
        if "codes" in self.w:
            own = self.w["codes"][codes].flatten().expand(len(fields), -1)
            parts += [own, self.pool("similar", query, similar)]
        x = torch.cat(parts, 1)
        click = torch.sigmoid(self.tower("click", x))
        return click, click * torch.sigmoid(self.tower("conversion", x))


ranker = RUN / "4-rank" / os.environ.get("RANKER", "ranker")
features, network = Features(ranker), Network(ranker)
app = FastAPI()


@app.post("/v1/rank")
async def rank(request: Request):
    body = orjson.loads(await request.body())
    ids = body["items"]
    user, history, similar, codes = features.users[body["user"]]
    items = features.item_rows[[features.places[one] for one in ids]]
    fields = numpy.concatenate([items, numpy.broadcast_to(user, (len(ids), len(user)))], 1)
    with torch.inference_mode():
        click, both = network(torch.from_numpy(fields), history, similar, codes)
        order = torch.argsort(both, descending=True).tolist()
        click, both = click.tolist(), both.tolist()
    return Response(orjson.dumps({"user": body["user"], "items": [
        {"item": ids[k], "ctr": click[k], "cvr": both[k] / click[k], "ctcvr": both[k]} for k in order]}),
        media_type="application/json")
