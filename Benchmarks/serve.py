"""Times `taiji serve` beside the same network in FastAPI, uvicorn and torch, both sides in turn, and prints one JSON object.

Usage: python3 Benchmarks/serve.py RUN [--rounds 3] [--seconds 6] [--without-peer]

RUN is a finished run, such as runs/demo; its rankers are trained again with DIN over 50 behaviours in RUN-din, beside it. Needs
wrk and taiji-serve; for the peer, `Benchmarks/peers/setup.sh serve`. Servers and clients are on this machine and share its
cores, which is part of what is measured. Every load is bounded in time, and ends with the script.
"""
import argparse
import http.client
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlparse

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / ".build/release/taiji"
DIN = ["--set", "rank.ranker.network.pooling=din", "--set", "rank.ranker.historyLength=50"]


def prepare(run, config):
    """The run with DIN rankers: all earlier steps are links."""
    target = run.parent / f"{run.name}-din"
    (target / "4-rank").mkdir(parents=True, exist_ok=True)
    for step in ("1-construct", "2-activate", "3-collaborate", "4-rank/reasoning", "4-rank/features"):
        if not (target / step).exists():
            (target / step).symlink_to((run / step).resolve())
    subprocess.run([PROGRAM, "rank", "--config", config, "--run", target, *DIN], check=True, stderr=subprocess.DEVNULL)
    return target


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class Server:
    def __init__(self, command, ready, cwd=None, environment=None):
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=cwd,
            env={**os.environ, **(environment or {})}, start_new_session=True)
        self.port = ready(self)

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        data = None if body is None else json.dumps(body)
        connection.request(method, path, data, {"Content-Type": "application/json"} if data else {})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def end(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=60)


def taiji(run, folder, threads):
    store = Path(folder) / f"store-{time.monotonic_ns()}.sqlite"
    return Server(
        [PROGRAM, "serve", "--run", run, "--port", "0", "--store", f"sqlite://{store}", "--set",
         f"serve.rankThreads={threads}"],
        lambda server: urlparse(json.loads(server.process.stdout.readline())["url"]).port)


def peer(run, ranker, port):
    def ready(server):
        for _ in range(240):
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=1).request("GET", "/docs")
                return port
            except OSError:
                time.sleep(0.25)
        raise SystemExit("serve.py: the peer does not start")
    python = ROOT / ".peers/venv/bin"
    return Server(
        [python / "uvicorn", "--workers", "2", "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--port",
         str(port), "fastapi_rank:app"], ready, cwd=ROOT / "Benchmarks/peers",
        environment={"RUN": str(run.resolve()), "RANKER": ranker})


SCRIPT = """wrk.method = 'POST'
wrk.headers['Content-Type'] = 'application/json'
local n, users, before, after = 0, {%s}, %s, %s
function request()
    n = n + 1
    return wrk.format(nil, '%s', nil, before .. users[n %% #users + 1] .. after)
end
"""


def wrk(server, folder, path, users, before, after, clients, seconds):
    script = Path(folder) / "load.lua"
    quoted = ",".join(json.dumps(user) for user in users)
    script.write_text(SCRIPT % (quoted, f"[==[{before}]==]", f"[==[{after}]==]", path))
    output = subprocess.run(
        ["wrk", "-t1", f"-c{clients}", f"-d{seconds}", "--latency", "-s", script, f"http://127.0.0.1:{server.port}{path}"],
        capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output:
        raise SystemExit(f"serve.py: requests failed: {output}")
    unit = {"us": 1e-3, "ms": 1, "s": 1e3}
    def latency(share):
        number, name = re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", output).groups()
        return float(number) * unit[name]
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))
    return {"requestsPerSecond": rate, "p50Milliseconds": latency(50), "p99Milliseconds": latency(99)}


def median(results):
    return {key: statistics.median(result[key] for result in results) for key in results[0]}


def metric(server, name):
    text = server.call("GET", "/metrics")[1]
    found = re.search(rf"^{re.escape(name)} ([\d.e+-]+)$", text, re.M)
    return float(found.group(1)) if found else 0.0


class Bench:
    def __init__(self, asked, folder):
        self.asked, self.folder = asked, folder
        self.run = prepare(asked.run, asked.config)
        tables = self.run / "1-construct/tables"
        items = lines(tables / "items.jsonl")
        self.items = json.dumps([items[entry["item"]]["id"] for entry in lines(tables / "catalogue.jsonl")[:200]])
        self.users = [user["id"] for user in lines(tables / "users.jsonl")]
        self.start = json.loads((tables / "summary.json").read_text())["windows"]["rankerTraining"]

    def rank(self, server, *, baseline=False, time_of=None):
        kind = ',"ranker":"baseline"' if baseline else ""
        after = f'","items":{self.items}{kind},"time":{time_of or self.start}}}'
        return wrk(server, self.folder, "/v1/rank", self.users, '{"user":"', after, 8, self.asked.seconds)

    def rankings(self):
        """Both sides in turn; ranking at the start of the rankers' window, where all features are fresh."""
        results = {"enhanced": {"taiji": [], "peer": []}, "baseline": {"taiji": [], "peer": []}}
        for _ in range(self.asked.rounds):
            server = taiji(self.run, self.folder, 2)
            self.rank(server)
            results["enhanced"]["taiji"].append(self.rank(server))
            results["baseline"]["taiji"].append(self.rank(server, baseline=True))
            server.end()
            for place, (kind, ranker) in enumerate((("enhanced", "ranker"), ("baseline", "judge"))):
                if self.asked.without_peer:
                    continue
                server = peer(self.run, ranker, 18_080 + place)
                self.rank(server)
                results[kind]["peer"].append(self.rank(server))
                server.end()
        return {kind: {side: median(found) for side, found in sides.items() if found} for kind, sides in results.items()}

    def beside_reasoning(self):
        """One ranking thread, alone and while the worker reasons about stale users without end."""
        server = taiji(self.run, self.folder, 1)
        self.rank(server)
        alone = self.rank(server)
        for place in range(400):
            server.call("POST", "/v1/events", {"id": f"b{place}", "user": f"b{place}", "item": json.loads(self.items)[place % 200],
                                               "kind": "purchase"})
        before, begun = metric(server, "taiji_reasoned_tokens_total"), time.monotonic()
        beside = self.rank(server)
        tokens = (metric(server, "taiji_reasoned_tokens_total") - before) / (time.monotonic() - begun)
        begun, before = time.monotonic(), metric(server, "taiji_reasoned_users_total")
        time.sleep(15)
        users = (metric(server, "taiji_reasoned_users_total") - before) / (time.monotonic() - begun)
        server.end()
        return {"alone": alone, "besideReasoning": beside, "reasonedTokensPerSecondBeside": tokens,
                "reasonedUsersPerSecondAlone": users}

    def events(self):
        server = taiji(self.run, self.folder, 1)
        item = json.loads(self.items)[0]
        found = {}
        for kind in ("view", "purchase"):
            ids = [f"{kind}-{n}" for n in range(200_000)]
            after = f'","user":"e","item":"{item}","kind":"{kind}"}}'
            found[kind] = wrk(server, self.folder, "/v1/events", ids, '{"id":"', after, 32, self.asked.seconds)
        server.end()
        return found

    def freshness(self):
        """From a purchase to its features, one user at a time, while nothing else happens."""
        server = taiji(self.run, self.folder, 1)
        time.sleep(3)
        taken = []
        for number, user in enumerate(self.users[:12]):
            body = {"id": f"f{number}", "user": user, "item": json.loads(self.items)[number], "kind": "purchase"}
            begun = time.monotonic()
            server.call("POST", "/v1/events", body)
            while json.loads(server.call("GET", f"/v1/users/{user}")[1])["features"]["isStale"]:
                time.sleep(0.02)
            taken.append(time.monotonic() - begun)
        memory = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * 4 / 2**20
        server.end()
        return {"medianSeconds": statistics.median(taken), "maximumSeconds": max(taken), "residentGiB": memory}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("run", type=Path)
    parser.add_argument("--config", default=str(ROOT / "Configs/demo.yaml"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--without-peer", action="store_true")
    asked = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("serve.py: wrk is missing; install it with: apt-get install wrk")
    with tempfile.TemporaryDirectory(prefix="taiji-serve-bench-") as folder:
        bench = Bench(asked, folder)
        result = {"rankings": bench.rankings(), "reasoning": bench.beside_reasoning(), "events": bench.events(),
                  "freshness": bench.freshness()}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
