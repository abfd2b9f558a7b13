"""Writes the first inputs of a fuzz target: small files that are whole, which libFuzzer then damages.

Usage: python3 Fuzzing/seeds.py safetensors|gguf|tokenizer|request FOLDER
"""
import json
import pathlib
import struct
import sys


def request():
    event = {"id": "e1", "user": "u", "item": 7, "kind": "purchase", "time": 5.5, "value": 2.5, "quantity": 2}
    yield json.dumps(event).encode()
    yield json.dumps({"events": [event, {**event, "kind": "impression", "converted": True, "context": {"slot": 1}}]}).encode()
    yield json.dumps({"user": "u", "items": ["a", 7, {"item": "b", "bid": 0.5, "context": {"slot": "2"}}], "limit": 3,
                      "ranker": "baseline", "context": {"slot": True}, "time": -1}).encode()
    yield json.dumps({"user": "u", "candidates": "catalogue"}).encode()
    yield json.dumps({"items": [{"id": "a", "title": "t\u00e9\n", "categories": ["x", "y"], "brand": None, "price": 1e3,
                                "attributes": {"c": "d"}}]}).encode()
    yield json.dumps({"run": "runs/x", "activate": False}).encode()
    yield json.dumps({"force": True}).encode()


def safetensors():
    def file(entries, body, metadata=None):
        header = {"__metadata__": metadata} if metadata else {}
        header |= {name: {"dtype": kind, "shape": shape, "data_offsets": [start, end]}
                   for name, kind, shape, start, end in entries}
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        return struct.pack("<Q", len(text)) + text + bytes(body)

    yield file([], 0)
    yield file([("x", "F32", [2], 0, 8)], 8)
    yield file([("x", "F32", [2, 3], 0, 24), ('a "b" \u00e9\n', "BF16", [3], 24, 30), ("e", "I64", [0, 4], 30, 30)],
               30, {"format": "pt", "nested": "{[\\u00e9]}"})
    sizes = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "U8": 1, "BOOL": 1}
    offset, entries = 0, []
    for kind, size in sizes.items():
        entries.append((f"of {kind}", kind, [], offset, offset + size))
        offset += size
    yield file(entries, offset)


def gguf():
    def text(value):
        value = value.encode()
        return struct.pack("<Q", len(value)) + value

    def file(pairs, tensors, alignment=32):
        out = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs)) + b"".join(pairs)
        offset = 0
        for name, shape, kind, size in tensors:
            out += text(name) + struct.pack("<I", len(shape)) + b"".join(struct.pack("<Q", n) for n in shape)
            out += struct.pack("<IQ", kind, offset)
            offset += size + -size % alignment
        return out + bytes(-len(out) % alignment) + bytes(offset)

    def array(kind, items):
        return struct.pack("<IIQ", 9, kind, len(items)) + b"".join(items)

    yield file([], [])
    yield file([text("general.alignment") + struct.pack("<II", 4, 8)], [("x", [2, 3], 0, 24), ("y", [], 1, 2)], 8)
    yield file(
        [text("name") + struct.pack("<I", 8) + text("\u00e9"),
         text("tokens") + array(8, [text("a"), text("")]), text("types") + array(5, [struct.pack("<i", -1)]),
         text("reals") + array(12, [struct.pack("<d", 0.5)]), text("yes") + struct.pack("<IB", 7, 1),
         text("large") + struct.pack("<IQ", 10, 1 << 40)],
        [("q8", [32, 2], 8, 68), ("bf", [4], 30, 8)])
    kinds = [(2, 32, 18), (3, 32, 20), (6, 32, 22), (7, 32, 24), (12, 256, 144), (13, 256, 176), (14, 256, 210)]
    yield file([], [(f"k{kind}", [block], kind, size) for kind, block, size in kinds])


def tokenizer():
    letters = [chr(c) for c in [*range(33, 127), *range(161, 173), *range(174, 256), *range(256, 324)]]
    words = ["he", "\u0120t", "\u0120the", "<|im_start|>", "<|im_end|>"]
    vocabulary = {token: i for i, token in enumerate(letters + words)}
    added = [{"id": vocabulary[token], "content": token, "special": True, "single_word": False, "lstrip": False,
              "rstrip": False, "normalized": False} for token in words[3:]]
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    for merges in (["h e", "\u0120 t", "\u0120t he"], [["h", "e"], ["\u0120", "t"], ["\u0120t", "he"]]):
        yield json.dumps({
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
            "pre_tokenizer": {"type": "Sequence",
                              "pretokenizers": [{"type": "Digits", "individual_digits": True}, level]},
            "post_processor": None, "decoder": level,
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                      "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
                      "vocab": vocabulary, "merges": merges}}).encode()
    yield b'{"version":"1.0","added_tokens":[],"pre_tokenizer":null,"decoder":null,"model":{"type":"BPE"}}'


folder = pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
for number, data in enumerate({"safetensors": safetensors, "gguf": gguf, "tokenizer": tokenizer, "request": request}[sys.argv[1]]()):
    (folder / f"seed-{number}").write_bytes(data)
