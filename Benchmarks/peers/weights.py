"""Writes what the peers read into .peers/: SmolLM2's float32 weights as a model folder and as a GGUF file, its
tokenizer.json, and the text that is encoded.

The weights come from the GGUF file that Taiji itself reads, dequantized, so all sides compute with the same numbers.
"""
import json
import subprocess
import sysconfig
from pathlib import Path

import gguf
import torch
from transformers import AutoModelForCausalLM

from peer import PEERS

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / ".deps/models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
FOLDER = PEERS / "smollm2-f32"
TEXT_BYTES = 10_000_000


def write_folder():
    """config.json and model.safetensors, read through transformers' own GGUF reader."""
    model = AutoModelForCausalLM.from_pretrained(
        SOURCE.parent, gguf_file=SOURCE.name, dtype=torch.float32, tie_word_embeddings=True)
    del model.hf_quantizer, model.config.quantization_config  # with them, transformers refuses to write
    model.save_pretrained(FOLDER)


def write_tokenizer():
    """tokenizer.json. The one that transformers makes of a GGUF file splits digits otherwise than the model's."""
    reader = gguf.GGUFReader(SOURCE)

    def field(name):
        return reader.fields[f"tokenizer.ggml.{name}"].contents()

    tokens, types = field("tokens"), field("token_type")
    added = [
        {"id": index, "content": token, "special": kind == 3, "single_word": False, "lstrip": False,
         "rstrip": False, "normalized": False}
        for index, (token, kind) in enumerate(zip(tokens, types)) if kind in (3, 4)
    ]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    split = {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": True}, byte_level]}
    (FOLDER / "tokenizer.json").write_text(json.dumps({
        "version": "1.0", "added_tokens": added, "normalizer": None, "pre_tokenizer": split,
        "post_processor": None, "decoder": byte_level,
        "model": {"type": "BPE", "vocab": {token: index for index, token in enumerate(tokens)},
                  "merges": field("merges")},
    }))


def write_gguf(name, kind):
    """A GGUF file of a type, by llama.cpp's own converter."""
    import llama_cpp  # here, so that the other peers do not need it

    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = getattr(llama_cpp, f"LLAMA_FTYPE_{kind}")
    parameters.allow_requantize = True
    target = PEERS / name
    status = llama_cpp.llama_model_quantize(str(SOURCE).encode(), str(target).encode(), parameters)
    if status != 0:
        raise RuntimeError(f"llama.cpp could not write {target}")


def write_text():
    """Half product descriptions, as Taiji's prompts hold them, and half sources of Python's library."""
    products = ROOT / ".deps/data/completejourney/products.parquet"
    query = (
        "SELECT concat_ws(', ', product_type, brand, package_size, product_category, department) FROM "
        f"read_parquet('{products}') ORDER BY md5(product_id::VARCHAR)")
    lines = subprocess.run(
        [ROOT / ".deps/bin/duckdb", "-list", "-noheader", "-c", query], check=True, capture_output=True).stdout
    sources = b""
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("**/*.py")):
        if "site-packages" not in path.parts and len(sources) < TEXT_BYTES:
            sources += path.read_bytes()
    text = (lines[:TEXT_BYTES // 2] + sources)[:TEXT_BYTES]
    (PEERS / "text.txt").write_text(text.decode(errors="ignore"), newline="")


write_folder()
write_tokenizer()
write_text()
write_gguf("smollm2-f32.gguf", "ALL_F32")
write_gguf("smollm2-q8_0.gguf", "MOSTLY_Q8_0")
