"""Writes a folder of .peers/ with random weights in bfloat16 and the shape of Qwen2-7B, for timing alone.

Usage: python random_weights.py NAME [--layers N]

7.6 billion weights take 15 GB of disk and a minute on a GPU. The tokenizer is SmolLM2's, whose ids are fewer.
"""
import argparse
import shutil

import torch
from transformers import AutoModelForCausalLM, Qwen2Config

from peer import PEERS

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("name")
parser.add_argument("--layers", type=int, default=28)
asked = parser.parse_args()

# The sizes of config.json of Qwen/Qwen2-7B.
configuration = Qwen2Config(
    vocab_size=152064, hidden_size=3584, intermediate_size=18944, num_hidden_layers=asked.layers, num_attention_heads=28,
    num_key_value_heads=4, max_position_embeddings=131072, rope_theta=1_000_000.0, rms_norm_eps=1e-6,
    tie_word_embeddings=False)
torch.manual_seed(0)
with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
    model = AutoModelForCausalLM.from_config(configuration, dtype=torch.bfloat16)
model.save_pretrained(PEERS / asked.name)
shutil.copy(PEERS / "smollm2-f32/tokenizer.json", PEERS / asked.name)
