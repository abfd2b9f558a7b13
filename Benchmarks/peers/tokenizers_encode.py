"""tokenizers: encodes a file of UTF-8 text on one thread, all lines in one call."""
import os

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import tokenizers  # noqa: E402

from peer import PEERS, options, report, seconds  # noqa: E402

asked = options(file="", threads=1)
tokenizer = tokenizers.Tokenizer.from_file(str(PEERS / "smollm2-f32" / "tokenizer.json"))
with open(asked.file or PEERS / "text.txt", encoding="utf-8", newline="") as file:
    text = file.read()
lines = [line + "\n" for line in text.split("\n")]
lines[-1] = lines[-1][:-1]


def encode():
    return sum(len(line) for line in tokenizer.encode_batch_fast(lines, add_special_tokens=False))


count = encode()
report(f"tokenizers {tokenizers.__version__}", "tokenize", asked, count, lambda: seconds(encode),
       tokensPerStep=count, megabytesPerStep=len(text.encode()) / 1e6)
