"""Rows of numbers and the Q8_0 blocks that the gguf package makes of them."""

import base64

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf.quants import quantize

import golden

SEED = 203


def row_case(name, row):
    row = np.asarray(row, dtype=np.float32)
    blocks = quantize(row[None, :], Type.Q8_0).tobytes()
    floats = base64.b64encode(row.tobytes()).decode()
    return golden.case(name, {"floats": floats}, blocks=base64.b64encode(blocks).decode())


def main():
    random = np.random.default_rng(SEED)
    halves = np.arange(32) - 15.5  # every product is a half when the largest number is 127
    halves[0] = 127
    spike = np.zeros(32)
    spike[7] = -3.5
    cases = [
        row_case("normal", random.normal(size=96)),
        row_case("weights", random.normal(scale=0.02, size=128)),
        row_case("uniform on a grid", golden.on_grid(random.uniform(-2, 2, size=64))),
        row_case("halves away from zero", halves),
        row_case("zeros", np.zeros(32)),
        row_case("one number", spike),
        row_case("scale below float16's normal numbers", random.normal(scale=1e-5, size=32)),
        row_case("scale that float16 rounds to zero", random.normal(scale=1e-8, size=32)),
        row_case("scale near float16's largest", random.uniform(-8e6, 8e6, size=32)),
        row_case("many sizes", random.normal(size=64) * 10.0 ** random.uniform(-6, 3, size=64)),
    ]
    golden.write("gguf-quantization.json", __file__, SEED, packages=("gguf",), cases=cases)


if __name__ == "__main__":
    main()
