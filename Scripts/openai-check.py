"""Talks to `taiji serve --openai` with OpenAI's own Python client, and times 64 streams beside `taiji-bench decode` and
llama-cpp-python's server.

Usage: python3 Scripts/openai-check.py RUN [--without-load]

RUN is a finished run, such as runs/demo. `Benchmarks/peers/setup.sh remote` installs the client; run the script with
.peers/venv/bin/python. The server listens on a free loopback port and ends with the script. Each line says what was checked.
"""
import argparse
import asyncio
import json
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlparse

import openai

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / ".build/release/taiji"
BENCH = ROOT / ".build/release/taiji-bench"
STREAMS = 64
PEER_STREAMS = 16
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


def load(url, streams=STREAMS):
    """Seconds until many streams together ended, seconds until the last began, and their events, one a token. The client only
    looks for events, so that it takes little of the cores that it shares with the server."""
    host, port = urlparse(url).hostname, urlparse(url).port

    async def one(number):
        body = json.dumps({"model": "aligned", "prompt": f"{number} " + "milk " * (PROMPT - 2), "max_tokens": TOKENS,
                           "temperature": 0, "stream": True}).encode()
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"POST /v1/completions HTTP/1.1\r\nHost: taiji\r\nContent-Type: application/json\r\nContent-Length: "
                     + str(len(body)).encode() + b"\r\n\r\n" + body)
        begun, count, last = None, 0, b""
        while b"[DONE]" not in last:
            data = await reader.read(65536)
            if not data:
                raise SystemExit("openai-check: a stream ended early")
            count += data.count(b"data: {")
            if count and begun is None:
                begun = time.monotonic()
            last = last[-16:] + data
        writer.close()
        return begun, time.monotonic(), count

    async def all_of_them():
        start = time.monotonic()
        times = await asyncio.gather(*(one(number) for number in range(streams)))
        return (max(end for _, end, _ in times) - start, max(begun for begun, _, _ in times) - start,
                sum(count for _, _, count in times))

    return asyncio.run(all_of_them())


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
        load(url)
        wall, first, count = load(url)
        print(f"{STREAMS} streams of {PROMPT} + {TOKENS} tokens: {wall:.2f} s; {count / wall:.0f} tokens/s, prompts included; "
              f"{(count - STREAMS) / (wall - first):.0f} tokens/s once all had begun", flush=True)
    finally:
        server.terminate()
        server.wait()
    bench = subprocess.run(
        [BENCH, "decode", "--model", options.run / "3-collaborate/checkpoint", "--batch", str(STREAMS), "--prompt-tokens", str(PROMPT),
         "--tokens", str(TOKENS)], capture_output=True, text=True, check=True)
    print(f"taiji-bench decode --batch {STREAMS}: {json.loads(bench.stdout)['tokensPerSecond']:.0f} tokens/s", flush=True)
    peer(options.run)


def peer(run):
    """The same load on llama-cpp-python's server, which serves one stream at a time, so that fewer tell its rate."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as found:
        file = Path(folder) / "aligned.gguf"
        subprocess.run([PROGRAM, "export", "--model", run / "3-collaborate/checkpoint", "--gguf", file, "--type", "f32"], check=True)
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
        found.close()
        server = subprocess.Popen(
            [ROOT / ".peers/venv/bin/python", "-m", "llama_cpp.server", "--model", file, "--model_alias", "aligned", "--host",
             "127.0.0.1", "--port", str(port), "--n_threads", "2", "--interrupt_requests", "false"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}"
            for _ in range(120):
                try:
                    urllib.request.urlopen(url + "/v1/models", timeout=1).read()
                    break
                except OSError:
                    time.sleep(0.5)
            load(url, 2)
            wall, _, count = load(url, PEER_STREAMS)
        finally:
            server.terminate()
            server.wait()
    print(f"llama-cpp-python's server, {PEER_STREAMS} streams: {wall:.2f} s; {count / wall:.0f} tokens/s, prompts included")


if __name__ == "__main__":
    main()
