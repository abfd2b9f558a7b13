"""Blocks of every GGUF tensor type that Taiji reads, and the float32 values they stand for.

From the SmolLM2 file: the first two blocks (or 64 values) of a tensor of each type it has. Beside them,
random values quantized by the gguf package, and for the K types, which it can only read, random bytes with a
sensible scale. Values are the shortest decimals that give the float32 back.
"""

import base64

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import GGUFReader
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize, quantize

import golden

FILE = golden.MODELS / "smollm2" / "SmolLM2-135M-Instruct.Q4_1.gguf"
QUANTIZED = [Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1]
RANDOM_BYTES = {  # where the 16-bit scales of a block stand
    Type.Q4_K: [0, 2],
    Type.Q5_K: [0, 2],
    Type.Q6_K: [208],
}


def shortest(values):
    """float32 as the double with the same shortest decimal."""
    return [float(str(value)) for value in np.asarray(values, dtype=np.float32).ravel()]


def block_case(name, type_, data):
    data = np.ascontiguousarray(data).view(np.uint8).ravel()
    with np.errstate(over="raise", invalid="raise"):
        values = dequantize(data, type_) if type_ != Type.F32 else data.view(np.float32)
    per_block, bytes_per_block = GGML_QUANT_SIZES[type_]
    assert values.size == data.size // bytes_per_block * per_block and np.isfinite(values).all()
    inputs = {"type": type_.name, "typeID": int(type_), "bytes": base64.b64encode(data).decode()}
    return golden.case(name, inputs, values=shortest(values))


def random_blocks(random, type_, offsets, count=2):
    """Random bytes, the scales replaced by small positive float16."""
    blocks = random.integers(0, 256, size=(count, GGML_QUANT_SIZES[type_][1]), dtype=np.uint8)
    for offset in offsets:
        scales = random.uniform(0.001, 0.03, size=count).astype(np.float16)
        blocks[:, offset : offset + 2] = scales.view(np.uint8).reshape(count, 2)
    return blocks


def main():
    seed = 202
    random = np.random.default_rng(seed)
    cases = []
    seen = set()
    for tensor in GGUFReader(FILE).tensors:
        type_ = tensor.tensor_type
        if type_ not in seen:
            seen.add(type_)
            per_block, bytes_per_block = GGML_QUANT_SIZES[type_]
            data = tensor.data.view(np.uint8).ravel()[: max(2, 64 // per_block) * bytes_per_block]
            cases.append(block_case(tensor.name, type_, data))
    for type_ in QUANTIZED:
        values = random.normal(0, 0.5, size=64).astype(np.float32)
        cases.append(block_case(f"random {type_.name}", type_, quantize(values, type_)))
    halves = np.array([0x0000, 0x8000, 0x0001, 0x83FF, 0x0400, 0x3C00, 0xC000, 0x7BFF], dtype=np.uint16)
    cases.append(block_case("edges F16", Type.F16, halves))
    brains = np.array([0x0000, 0x8000, 0x0080, 0x8080, 0x3F80, 0xC000, 0x4049, 0x7F7F], dtype=np.uint16)
    cases.append(block_case("edges BF16", Type.BF16, brains))
    cases.append(block_case("zeros Q8_0", Type.Q8_0, np.zeros(68, dtype=np.uint8)))
    for type_, offsets in RANDOM_BYTES.items():
        cases.append(block_case(f"random {type_.name}", type_, random_blocks(random, type_, offsets)))
    golden.write("gguf-dequantization.json", __file__, seed, packages=("gguf",), cases=cases)


if __name__ == "__main__":
    main()
