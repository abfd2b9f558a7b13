"""tokenizers: encodes a file of UTF-8 text on one thread, a thousand lines a call (all in one call are slower)."""
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
    count = 0
    for first in range(0, len(lines), 1000):
        encoded = tokenizer.encode_batch_fast(lines[first:first + 1000], add_special_tokens=False)
        count += sum(len(line) for line in encoded)
    return count


count = encode()
report(f"tokenizers {tokenizers.__version__}", "tokenize", asked, count, lambda: seconds(encode),
       tokensPerStep=count, megabytesPerStep=len(text.encode()) / 1e6)
