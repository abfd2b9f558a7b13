#!/usr/bin/env python3
"""Runs Taiji and a peer in turn on this machine and prints the ratios as a Markdown table.

    Benchmarks/compare.py                          every row
    Benchmarks/compare.py prefill decode16         some rows
    Benchmarks/compare.py --list                   the rows and their commands

Every measurement is a fresh process: ours, the peer, ours, the peer, …; a ratio belongs to one such round. Nothing
else should run on the machine. Needs `make bench` and Benchmarks/peers/setup.sh.
"""
import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# In a folder that `make portable` packed, the programs lie beside Benchmarks/.
PROGRAMS = ROOT if (ROOT / "taiji-bench").exists() else ROOT / ".build/release"
PEERS = Path(os.environ.get("PEERS") or ROOT / ".peers")


@dataclass
class Row:
    """One comparison: the same work for both sides. `target` is the least ratio that was asked for."""
    title: str
    ours: str
    peer: str
    target: float
    unit: str = "tokens/s"


DECODE = "--prompt-tokens 482 --tokens {tokens} --warmup 0 --steps {steps}"
SCORE = "--group 3 --prompt-tokens 482 --completion-tokens 100 --warmup 1 --steps 5"
GRPO = "--prompts 4 --group 4 --prompt-tokens 482 --completion-tokens 96 --beta 0.04"
ROWS = {
    "prefill": Row(
        "prefill, 16 × 482, transformers", "prefill --batch 16 --prompt-tokens 482 --warmup 1 --steps 3",
        "transformers_prefill.py --batch 16 --prompt-tokens 482 --warmup 1 --steps 3", 1.1),
    "prefill-llama": Row(
        "prefill, 16 × 482, llama.cpp F32", "prefill --batch 16 --prompt-tokens 482 --warmup 1 --steps 3",
        "llama_prefill.py --batch 16 --prompt-tokens 482 --warmup 1 --steps 3", 1.0),
    "decode16": Row(
        "decode, batch 16 after 482, transformers", "decode --batch 16 " + DECODE.format(tokens=96, steps=2),
        "transformers_decode.py --batch 16 " + DECODE.format(tokens=96, steps=1), 2.5),
    "prefill-one": Row(
        "prefill, transformers one prompt at a time", "prefill --batch 16 --prompt-tokens 482 --warmup 1 --steps 3",
        "transformers_prefill.py --together 1 --batch 16 --prompt-tokens 482 --warmup 1 --steps 3", 1.1),
    "decode16-static": Row(
        "decode, batch 16, transformers, static cache", "decode --batch 16 " + DECODE.format(tokens=96, steps=2),
        "transformers_decode.py --cache static --batch 16 " + DECODE.format(tokens=96, steps=1), 2.5),
    "decode16-llama": Row(
        "decode, batch 16 after 482, llama.cpp F32", "decode --batch 16 " + DECODE.format(tokens=96, steps=2),
        "llama_decode.py --batch 16 " + DECODE.format(tokens=96, steps=2), 1.3),
    "decode1": Row(
        "decode, batch 1 after 482, transformers", "decode --batch 1 " + DECODE.format(tokens=96, steps=3),
        "transformers_decode.py --batch 1 " + DECODE.format(tokens=96, steps=2), 1.0),
    "decode1-llama": Row(
        "decode, batch 1 after 482, llama.cpp F32", "decode --batch 1 " + DECODE.format(tokens=96, steps=3),
        "llama_decode.py --batch 1 " + DECODE.format(tokens=96, steps=3), 0.95),
    "decode16-q8": Row(
        "decode, batch 16 after 482, llama.cpp Q8_0",
        "decode --weights int8 --batch 16 " + DECODE.format(tokens=96, steps=2),
        "llama_decode.py --model smollm2-q8_0 --batch 16 " + DECODE.format(tokens=96, steps=2), 1.0),
    "decode1-q8": Row(
        "decode, batch 1 after 482, llama.cpp Q8_0",
        "decode --weights int8 --batch 1 " + DECODE.format(tokens=96, steps=3),
        "llama_decode.py --model smollm2-q8_0 --batch 1 " + DECODE.format(tokens=96, steps=3), 1.0),
    "sft": Row(
        "training, 2 × 512, transformers", "sft --batch 2 --tokens 512 --warmup 1 --steps 4",
        "transformers_sft.py --batch 2 --tokens 512 --warmup 1 --steps 4", 1.15),
    "sft-keep": Row(
        "training, transformers that keeps freed memory", "sft --batch 2 --tokens 512 --warmup 1 --steps 4",
        "transformers_sft.py --allocator keep --batch 2 --tokens 512 --warmup 1 --steps 4", 1.15),
    "score": Row(
        "scoring, 3 × 100 after 482, transformers", f"score {SCORE}",
        f"transformers_score.py --logits full {SCORE}", 2.5),
    "score-needed": Row(
        "scoring, transformers with needed logits only", f"score {SCORE}",
        f"transformers_score.py --logits needed {SCORE}", 1.0),
    "score-separate": Row(
        "scoring, our own three passes", f"score {SCORE}", f"taiji score --separate {SCORE}", 2.5),
    "grpo": Row(
        "GRPO step, 4 × 482 + 4 × 4 × 96, TRL", f"grpo {GRPO} --weighting fixed --warmup 1 --steps 2",
        f"trl_grpo.py {GRPO} --warmup 1 --steps 1", 5.0),
    "tokenize": Row(
        "encoding 10 MB, tokenizers", "tokenize --threads 1 --file {text} --warmup 1 --steps 3",
        "tokenizers_encode.py --threads 1 --file {text} --warmup 1 --steps 3", 1.0, "MB/s"),
    "rank": Row(
        "training DIN + ESMM, history 50, batch 1,024, torch-rechub",
        "rank --pooling din --history 50 --batch 1024 --batches 20 --features {features} --warmup 1 --steps 3",
        "rechub_rank.py --batch 1024 --features {features} --warmup 1 --steps 3", 3.0, "impressions/s"),
    "pq": Row(
        "product-quantizing 1 M × 384, FAISS from Python",
        "pq --vectors 1000000 --sub-quantizers 8 --bits 8 --write {vectors} --warmup 1 --steps 3",
        "faiss_vectors.py --work pq --m 8 --bits 8 --vectors {vectors} --warmup 1 --steps 3", 0.9, "vectors/s"),
    "retrieve": Row(
        "nearest of 1 M × 384 for 10,000 queries, FAISS from Python",
        "retrieve --vectors 1000000 --queries 10000 --method ivfpq --write {vectors} --warmup 1 --steps 3",
        "faiss_vectors.py --work retrieve --method ivfpq --queries 10000 --vectors {vectors} --warmup 1 --steps 3",
        0.9, "queries/s"),
}


def command(words, options):
    """The command line of a row's half: a script of peers/, or `taiji-bench`."""
    files = {"text": "text.txt", "features": "features.safetensors", "vectors": "vectors.f32"}
    for name, file in files.items():
        words = words.replace("{" + name + "}", str(PEERS / file))
    words = words.split()
    if words[0].endswith(".py"):
        return [options.python, ROOT / "Benchmarks/peers" / words[0], *words[1:], *options.theirs]
    return [options.taiji, *(words[1:] if words[0] == "taiji" else words), *options.ours]


def measure(words, options):
    """One fresh process; its report."""
    line = [str(word) for word in command(words, options)]
    result = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, env={**os.environ, "PEERS": str(PEERS)})
    if result.returncode != 0:
        sys.exit(f"compare: {' '.join(line)} failed:\n{result.stderr[-2000:]}")
    return json.loads(result.stdout.strip().splitlines()[-1])


def rate(report, unit):
    """The report's rate in the row's unit."""
    if unit == "MB/s":
        numbers = {**report, **report.get("details", {})}
        return numbers["megabytesPerStep"] / report["secondsPerStep"]["total"]
    return report["tokensPerSecond"]


def compare(row, options):
    """Both sides in turn, `rounds` times."""
    rounds = []
    for index in range(options.rounds):
        ours, peer = measure(row.ours, options), measure(row.peer, options)
        rounds.append({"ours": ours, "peer": peer, "ratio": rate(ours, row.unit) / rate(peer, row.unit)})
        print(f"{row.title}, round {index + 1}: {rounds[-1]['ratio']:.2f}", file=sys.stderr, flush=True)
    return rounds


def middle(numbers):
    """Median, and the range in brackets."""
    numbers = sorted(numbers)
    digits = 2 if numbers[0] < 10 else 0
    return f"{statistics.median(numbers):.{digits}f} ({numbers[0]:.{digits}f}..{numbers[-1]:.{digits}f})"


def table_line(row, rounds):
    """work | ours | peer | ratio | target | fraction of limit | peak memory."""
    def side(name):
        return [round[name] for round in rounds]

    def memory(name):
        return max(report["peakResidentGiB"] for report in side(name))

    ratios = [round["ratio"] for round in rounds]
    limit = "–" if row.unit == "MB/s" else middle([report["fractionOfLimit"] for report in side("ours")])
    rates = {name: [rate(report, row.unit) for report in side(name)] for name in ("ours", "peer")}
    cells = [
        row.title, f"{middle(rates['ours'])} {row.unit}", f"{middle(rates['peer'])} {row.unit}",
        f"**{middle(ratios)}**", f"{row.target} {'✓' if statistics.median(ratios) >= row.target else '✗'}", limit,
        f"{memory('ours'):.2f} / {memory('peer'):.2f} GiB",
    ]
    return f"| {' | '.join(cells)} |"


def machine():
    """What the numbers were taken on."""
    model = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    asked = ["git", "rev-parse", "--short", "HEAD"] if shutil.which("git") else ["true"]
    commit = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True).stdout
    return {"processor": model[0] if model else platform.processor(), "cores": os.cpu_count(), "commit": commit.strip()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="row", help=f"of {', '.join(ROWS)}; all when none is named")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", default=str(PEERS / "comparison.json"), help="where all reports go")
    parser.add_argument("--taiji", default=str(PROGRAMS / "taiji-bench"))
    parser.add_argument("--python", default=str(PEERS / "venv/bin/python"))
    parser.add_argument("--ours", default="", type=str.split, help="further options of taiji-bench, as one word")
    parser.add_argument("--theirs", default="", type=str.split, help="further options of the peers' scripts, as one word")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    unknown = [name for name in options.rows if name not in ROWS]
    if unknown:
        parser.error(f"{', '.join(unknown)} is no row; the rows are {', '.join(ROWS)}")
    names = options.rows or list(ROWS)
    if options.list:
        for name in names:
            print(f"{name}\n  {ROWS[name].ours}\n  {ROWS[name].peer}")
        return
    found = {"machine": machine(), "rows": {}}
    for name in names:
        found["rows"][name] = compare(ROWS[name], options)
        Path(options.json).write_text(json.dumps(found, indent=1))
    print("| work | ours | peer | ratio (least..most) | target | fraction of limit | peak memory, ours / peer |")
    print("|---|---|---|---|---|---|---|")
    for name in names:
        print(table_line(ROWS[name], found["rows"][name]))
    load = os.getloadavg()[0]
    print(f"\n{found['machine']['processor']}, {found['machine']['cores']} cores, load {load:.1f} at the end, "
          f"{options.rounds} rounds, commit {found['machine']['commit']}.")


main()
