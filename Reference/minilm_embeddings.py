"""Sentence embeddings of all-MiniLM-L6-v2: the mean of the last hidden states, at unit length.

Computed in float64 from the float32 weights. Texts are cut to 256 tokens, [CLS] and [SEP] included, as
sentence_bert_config.json says; tokenizer.json says 128 and pads, which is not what the model's users get.
"""

import json
import os

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertModel

import golden

FOLDER = golden.MODELS / "minilm"
SHOWN = 64

TEXTS = {
    "item": "Item title: whole milk 1 gal; Category L1: grocery; Category L2: fluid milk products",
    "similar item": "item title: 2% reduced fat milk 1 gallon; category l1: grocery; category l2: milk",
    "other item": "charcoal briquets 20 lb",
    "accents and case": "Crème BRÛLÉE, naïve Ünïcode! don't—won't (100%)",
    "Chinese and emoji": "今天买苹果🍎 and milk",
    "longer than 256 tokens": "bread eggs butter yogurt unsalted pretzels " * 60,
}


@torch.inference_mode()
def embed(model, ids):
    """The mean over the tokens, before normalization, [384]."""
    return model(torch.tensor([ids])).last_hidden_state[0].mean(dim=0).double().numpy()


def main():
    torch.set_num_threads(1)
    limit = json.loads((FOLDER / "sentence_bert_config.json").read_text())["max_seq_length"]
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(limit)
    load = BertModel.from_pretrained
    model = load(FOLDER, dtype=torch.float32, attn_implementation="sdpa", add_pooling_layer=False).eval()
    ids = {name: tokenizer.encode(text).ids for name, text in TEXTS.items()}
    single = np.stack([embed(model, value) for value in ids.values()])
    model = model.double()
    means = np.stack([embed(model, value) for value in ids.values()])
    norms = np.linalg.norm(means, axis=1)
    units = means / norms[:, None]
    difference = np.abs(single / np.linalg.norm(single, axis=1, keepdims=True) - units).max()

    cases = [
        golden.case(
            name,
            {"text": text},
            ids=ids[name],
            norm=golden.rounded(norms[index : index + 1])[0],
            embedding=golden.rounded(units[index, :SHOWN], digits=8),
        )
        for index, (name, text) in enumerate(TEXTS.items())
    ]
    golden.write(
        "minilm-embeddings.json",
        __file__,
        0,
        packages=("torch", "transformers", "tokenizers", "safetensors"),
        width=means.shape[1],
        maximumTokens=limit,
        float32Difference=float(f"{difference:.2g}"),
        cosines=[golden.rounded(row, digits=8) for row in units @ units.T],
        cases=cases,
    )


if __name__ == "__main__":
    main()
