"""Talks to `taiji serve --openai` with OpenAI's own Python client, and times 64 streams beside `taiji-bench decode`.

Usage: python3 Scripts/openai-check.py RUN [--without-load]

RUN is a finished run, such as runs/demo. `Benchmarks/peers/setup.sh remote` installs the client; run the script with
.peers/venv/bin/python. The server listens on a free loopback port and ends with the script. Each line says what was checked.
"""
import argparse
import json
import subprocess
import threading
import time
from pathlib import Path

import openai

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / ".build/release/taiji"
BENCH = ROOT / ".build/release/taiji-bench"
STREAMS = 64
TOKENS = 64
PROMPT = 64


def check(name, condition, detail=""):
    print(f"{'passed' if condition else 'FAILED'}  {name}{': ' if detail else ''}{detail}", flush=True)
    if not condition:
        raise SystemExit(1)


def contract(client):
    """Every path, as the client calls it."""
    name = client.models.list().data[0].id
    check("models", name == "aligned", name)
    messages = [{"role": "user", "content": "What goes well with coffee? One sentence."}]
    whole = client.chat.completions.create(model=name, messages=messages, max_tokens=24, temperature=0)
    text = whole.choices[0].message.content
    check("chat", whole.choices[0].finish_reason in ("stop", "length") and len(text) > 0, text)
    parts, usage = "", None
    for event in client.chat.completions.create(
            model=name, messages=messages, max_tokens=24, temperature=0, stream=True, stream_options={"include_usage": True}):
        if event.choices:
            parts += event.choices[0].delta.content or ""
        usage = event.usage or usage
    check("stream", parts == text and usage == whole.usage, f"the same text, {usage.completion_tokens} tokens")
    drawn = client.completions.create(
        model=name, prompt=["Milk comes from", "Bread is made of"], n=2, max_tokens=8, temperature=0.8, seed=3, stop=["."])
    check("completions", [choice.index for choice in drawn.choices] == [0, 1, 2, 3], drawn.choices[0].text)
    vectors = client.embeddings.create(model="minilm", input=["oat milk", "whole milk"]).data
    cosine = sum(a * b for a, b in zip(vectors[0].embedding, vectors[1].embedding))
    check("embeddings", 0.3 < cosine < 1, f"{len(vectors[0].embedding)} numbers, cosine {cosine:.3f}")
    for wrong, kind in (({"model": "gpt"}, openai.NotFoundError), ({"logprobs": True}, openai.UnprocessableEntityError),
                        ({"max_tokens": 100_000}, openai.BadRequestError)):
        try:
            client.chat.completions.create(**{"model": name, "messages": messages, **wrong})
            check(f"error of {wrong}", False)
        except kind as error:
            check(f"error of {wrong}", True, error.body["message"] if isinstance(error.body, dict) else str(error))


def load(client):
    """Tokens a second of many streams together, after all have begun."""
    ends, counts = [], []
    lock = threading.Lock()

    def one(number):
        prompt = [1000 + (number * 7 + place) % 20_000 for place in range(PROMPT)]
        count = 0
        begun = None
        for event in client.completions.create(
                model="aligned", prompt=prompt, max_tokens=TOKENS, temperature=0, stream=True,
                stream_options={"include_usage": True}):
            begun = begun or time.monotonic()
            if event.usage:
                count = event.usage.completion_tokens
        with lock:
            counts.append(count)
            ends.append((begun, time.monotonic()))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(STREAMS)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = max(end for _, end in ends) - start
    first = max(begun for begun, _ in ends) - start
    return sum(counts), wall, first


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--without-load", action="store_true")
    options = parser.parse_args()
    server = subprocess.Popen(
        [PROGRAM, "serve", "--openai", "--run", options.run, "--port", "0", "--set", f"serve.reasoningBatch={STREAMS}"],
        stdout=subprocess.PIPE, text=True)
    try:
        url = json.loads(server.stdout.readline())["url"]
        client = openai.OpenAI(base_url=url + "/v1", api_key="none", timeout=600)
        contract(client)
        if options.without_load:
            return
        load(client)
        tokens, wall, first = load(client)
        print(f"{STREAMS} streams of {PROMPT} + {TOKENS} tokens: {tokens} tokens in {wall:.2f} s, the last began after {first:.2f} s;"
              f" {(tokens - STREAMS) / (wall - first):.0f} tokens/s once all had begun", flush=True)
    finally:
        server.terminate()
        server.wait()
    bench = subprocess.run(
        [BENCH, "decode", "--model", options.run / "3-collaborate/checkpoint", "--batch", str(STREAMS), "--prompt", str(PROMPT),
         "--tokens", str(TOKENS)], capture_output=True, text=True, check=True)
    print(f"taiji-bench decode --batch {STREAMS}: {bench.stdout.strip()}")


if __name__ == "__main__":
    main()
