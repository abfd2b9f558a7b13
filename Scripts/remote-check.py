"""Runs stages 1 and 4, the perplexities of stage 2 and the evaluation of a small run against a server that is not Taiji's, and
compares its greedy texts and its perplexities with the local engine's.

Usage: python3 Scripts/remote-check.py RUN [--keep FOLDER]

RUN is a finished run, such as runs/demo; its settings are those of Configs/demo.yaml. The server is llama-cpp-python's with the
GGUF file of SmolLM2 (`Benchmarks/peers/setup.sh remote` installs it), on a free loopback port; it ends with the script.
"""
import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / ".build/release/taiji"
PYTHON = ROOT / ".peers/venv/bin/python"


# By default this server divides the scores of tokens that were seen by 1.1, also for greedy texts.
PLAIN = "extraFields='{\"repeat_penalty\": 1.0}'"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def start(model, alias, log, *more, interrupts="false"):
    """The server, once it answers. By default it breaks off a request when another comes."""
    port = free_port()
    process = subprocess.Popen(
        [PYTHON, "-m", "llama_cpp.server", "--model", model, "--model_alias", alias, "--host", "127.0.0.1", "--port", str(port),
         "--n_ctx", "4096", "--n_threads", "2", "--seed", "7", "--interrupt_requests", interrupts, *more], stdout=log, stderr=log)
    for _ in range(240):
        if process.poll() is not None:
            raise SystemExit(f"remote-check: the server ended with status {process.returncode}; see {log.name}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=1).read()
            return process, f"http://127.0.0.1:{port}/v1"
        except OSError:
            time.sleep(0.5)
    process.kill()
    raise SystemExit("remote-check: the server did not answer in two minutes")


def taiji(command, run, settings):
    options = [part for setting in settings for part in ("--set", setting)]
    print(f"$ taiji {command} " + " ".join(settings), flush=True)
    done = subprocess.run(
        [PROGRAM, command, "--config", ROOT / "Configs/demo.yaml", "--run", run, *options], stderr=subprocess.PIPE, text=True)
    for line in done.stderr.splitlines():
        if any(word in line for word in ("requests", "answers", "reasoning", "Error", "chains")):
            print(f"  {line.strip()}")
    if done.returncode:
        raise SystemExit(f"remote-check: {command} ended with status {done.returncode}:\n{done.stderr[-1500:]}")


def texts(file):
    return [json.loads(line)["text"] for line in open(file, encoding="utf-8")]


def compare(name, here, there):
    """How many greedy texts are the same, and how far the others agree."""
    own, other = texts(here), texts(there)
    same = sum(a == b for a, b in zip(own, other))
    shared = [len(os.path.commonprefix([a, b])) / max(1, len(a), len(b)) for a, b in zip(own, other) if a != b]
    rest = f"; the others share their first {100 * sum(shared) / len(shared):.0f} % on average" if shared else ""
    print(f"{name}: {same} of {len(own)} greedy texts are the local engine's{rest}")
    if len(own) != len(other):
        raise SystemExit(f"remote-check: {len(other)} texts in place of {len(own)}")
    return same / len(own)


def compare_perplexities(here, there):
    """How far log-likelihoods a token of Eq. (1) differ, and whether the same chains of thought are kept."""
    own, other = ([json.loads(line) for line in open(run / "2-activate/refinement/scores.jsonl", encoding="utf-8")]
                  for run in (here, there))
    if [(row["sample"], row["index"], row["tokenCount"]) for row in own] != [
            (row["sample"], row["index"], row["tokenCount"]) for row in other]:
        raise SystemExit("remote-check: the server scored other answers or other tokens")
    apart = [abs(a["logLikelihood"] - b["logLikelihood"]) / a["tokenCount"] for a, b in zip(own, other)]
    kept = sum(a["isKept"] == b["isKept"] for a, b in zip(own, other))
    print(f"perplexities: {len(own)} answers; log-likelihood a token differs by {sum(apart) / len(apart):.2g} on average, "
          f"{max(apart):.2g} at most; {kept} of {len(own)} are kept or dropped alike")
    if max(apart) > 1e-3:
        raise SystemExit("remote-check: perplexities differ by more than rounding")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--keep", type=Path, help="where the run with the server's texts is left")
    options = parser.parse_args()
    model = next((ROOT / ".deps/models/smollm2").glob("*.gguf"), None) if (ROOT / ".deps/models/smollm2").is_dir() \
        else ROOT / ".deps/models/smollm2"
    folder = options.keep or Path(tempfile.mkdtemp(prefix="taiji-remote-"))
    run = folder / "run"
    log = open(folder / "server.log", "w", encoding="utf-8")
    # The aligned model as a file that llama.cpp reads, in float32 as the local engine computes.
    aligned = folder / "aligned.gguf"
    subprocess.run(
        [PROGRAM, "export", "--model", options.run / "3-collaborate/checkpoint", "--gguf", aligned, "--type", "f32"], check=True)
    server = None
    try:
        for step in ("1-construct/tables", "1-construct/titles"):
            (run / step).parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(options.run / step, run / step)
        server, url = start(model, "smollm2", log)
        teacher = [f"construct.teacher.endpoint.{part}" for part in
                   (f"url={url}", "model=smollm2", "interface=completions", "concurrency=2", PLAIN)]
        taiji("construct", run, teacher)
        chains = [json.loads(line) for line in open(run / "1-construct/teacher/teacher.jsonl", encoding="utf-8")]
        filled = sum(bool(chain["reasoning"]) for chain in chains)
        print(f"teacher: {len(chains)} chains of thought, {filled} of them not empty; one: {chains[0]['reasoning']}")
        server.terminate()
        server.wait()

        # Eq. (1) by the base model in float32, as the local engine reads it, of the chains of a few users: this server sorts
        # the whole vocabulary in Python for every token, which takes it a quarter of a minute a chain.
        base = folder / "base.gguf"
        subprocess.run([PROGRAM, "export", "--model", "smollm2", "--gguf", base, "--type", "f32"], check=True)
        few = ["construct.activateUsers=4", "activate.validationSamples=0", "activate.epochs=1"]
        taiji("construct", folder / "few", few)
        scored = folder / "scored"
        shutil.copytree(folder / "few/1-construct", scored / "1-construct")
        taiji("activate", folder / "few", few)
        server, url = start(base, "base", log, "--logits_all", "true")
        taiji("activate", scored, few + [
            f"activate.endpoint.{part}" for part in (f"url={url}", "model=base", "concurrency=2")])
        compare_perplexities(folder / "few", scored)
        server.terminate()
        server.wait()

        # Stages 2 and 3 are the finished run's, whose teacher was the local engine.
        remote = folder / "aligned"
        for step in ("1-construct", "2-activate", "3-collaborate", "4-rank/judge"):
            (remote / step).parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(options.run / step, remote / step)
        server, url = start(aligned, "aligned", log)
        own = [f"{stage}.endpoint.{part}" for stage in ("rank", "evaluate") for part in
               (f"url={url}", "model=aligned", "interface=completions", "concurrency=2", PLAIN)]
        taiji("rank", remote, own)
        taiji("evaluate", remote, own)
        agreement = [
            compare("reasoning", options.run / "4-rank/reasoning/answers.jsonl", remote / "4-rank/reasoning/answers.jsonl"),
            compare("evaluation", options.run / "evaluate/answers-collaborate/answers.jsonl",
                    remote / "evaluate/answers-collaborate/answers.jsonl")]
        if min(agreement) < 0.8:
            raise SystemExit("remote-check: less than 80 % of the greedy texts are the same")
    finally:
        if server and server.poll() is None:
            server.terminate()
            server.wait()
        log.close()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
