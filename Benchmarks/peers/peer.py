"""What the peers' scripts share: options, random prompts, the timing loop and the report.

A report has the keys of `taiji-bench`: tokensPerSecond, secondsPerStep (its total is the median of the timed steps) and
peakResidentGiB, the most memory that the process held in its whole life, loading included.
"""
import argparse
import json
import os
import random
import statistics
import time
from pathlib import Path

PEERS = Path(os.environ.get("PEERS") or Path(__file__).resolve().parents[2] / ".peers")


def options(**defaults):
    """Options of a script, one `--name value` for each default, of the default's type."""
    parser = argparse.ArgumentParser()
    common = {"threads": 2, "warmup": 1, "steps": 5, "seed": 7, "device": "cpu", "dtype": "float32"}
    for name, default in {**common, **defaults}.items():
        parser.add_argument("--" + name.replace("_", "-"), type=type(default), default=default)
    return parser.parse_args()


def random_tokens(options, rows, columns, vocabulary):
    """Token ids below the vocabulary's size, one list a row."""
    generator = random.Random(options.seed)
    return [[generator.randrange(vocabulary) for _ in range(columns)] for _ in range(rows)]


def peak_resident_gib():
    """The highest resident memory that the kernel has seen for this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 2**20
    raise OSError("/proc/self/status has no VmHWM")


def finish(device):
    """Waits for what a GPU still computes."""
    if device == "cuda":
        import torch

        torch.cuda.synchronize()


def seconds(body, device="cpu"):
    """Wall time of one call."""
    finish(device)
    start = time.perf_counter()
    body()
    finish(device)
    return time.perf_counter() - start


def report(peer, work, options, tokens_per_step, step, **extra):
    """Runs `step`, which returns its own seconds, and prints one JSON object."""
    for _ in range(options.warmup):
        step()
    taken = [step() for _ in range(options.steps)]
    median = statistics.median(taken)
    print(json.dumps({
        "peer": peer, "work": work, "device": options.device, "threads": options.threads, "steps": options.steps,
        "tokensPerSecond": tokens_per_step / median,
        "secondsPerStep": {"total": median},
        "secondsPerStepRange": {"minimum": min(taken), "maximum": max(taken)},
        "peakResidentGiB": peak_resident_gib(), **extra,
    }), flush=True)
