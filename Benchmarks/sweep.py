#!/usr/bin/env python3
"""Times policy optimization with a group's prompt computed once and once a rollout, over group sizes and prompt lengths.

    Benchmarks/sweep.py                          the whole table, about a quarter of an hour on two cores
    Benchmarks/sweep.py --groups 8 --prompts 2048

Every measurement is a fresh process of `taiji-bench grpo` with one prompt. The seconds are those of the reference and of the
gradients: rollouts share the prompt on both sides. Nothing else should run on the machine. Needs `make bench`.
"""
import argparse
import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def measure(group, prompt, completion, separate):
    """Seconds of reference and gradients of one step, and the process's peak in GiB."""
    command = [
        str(ROOT / ".build/release/taiji-bench"), "grpo", "--prompts", "1", "--group", str(group),
        "--prompt-tokens", str(prompt), "--completion-tokens", str(completion), "--warmup", "0", "--steps", "1"]
    printed = subprocess.run(
        command + (["--separate"] if separate else []), capture_output=True, text=True, check=True).stdout
    report = json.loads(printed)
    seconds = report["secondsPerStep"]
    return seconds["reference"] + seconds["gradients"], report["peakResidentGiB"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--groups", type=int, nargs="+", default=[2, 4, 8, 16], help="rollouts of the prompt, G")
    parser.add_argument("--prompts", type=int, nargs="+", default=[128, 512, 2048], help="tokens of the prompt")
    parser.add_argument("--completion", type=int, default=64, help="tokens of a rollout")
    asked = parser.parse_args()
    print("| prompt | G | once a group, s | once a rollout, s | ratio | tokens' ratio | once a group, GiB | once a rollout, GiB |")
    print("|---|---|---|---|---|---|---|---|")
    for prompt in asked.prompts:
        for group in asked.groups:
            shared, shared_peak = measure(group, prompt, asked.completion, False)
            separate, separate_peak = measure(group, prompt, asked.completion, True)
            tokens = group * (prompt + asked.completion) / (prompt + group * asked.completion)
            print(
                f"| {prompt} | {group} | {shared:.1f} | {separate:.1f} | {separate / shared:.2f} | {tokens:.2f} "
                f"| {shared_peak:.2f} | {separate_peak:.2f} |", flush=True)


if __name__ == "__main__":
    main()
