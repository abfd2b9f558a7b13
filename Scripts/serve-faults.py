"""The long fault campaign of `taiji serve`: processes killed at random under load, a full disk, a store that cannot be
written, Redis away and back, slow and broken clients, ten times the load that it takes, a clock that jumps.

Usage: python3 Scripts/serve-faults.py RUN [--kills 50] [--seed 7] [--only NAME]

Everything runs on loopback, in a folder of its own below the system's temporary one, and ends with the script. Each check
prints one line; the exit status is 0 if all passed. Redis checks need redis-server, and those of the disk need root, for
two small file systems in memory; they are left out otherwise, which is said.
"""
import argparse
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlparse

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / ".build/release/taiji"


STARTED = []


def end_all():
    """Ends whatever a failed check left."""
    for process in STARTED:
        if process.poll() is None:
            process.kill()
            process.wait()
    STARTED.clear()


class Service:
    """A service that this script started."""

    def __init__(self, run, store, *arguments, environment=None):
        self.begun = time.monotonic()
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--run", run, "--port", "0", "--store", store, *arguments], stdout=subprocess.PIPE,
            stderr=self.log, text=True, env={**os.environ, **(environment or {})})
        STARTED.append(self.process)
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            raise RuntimeError(self.errors())
        self.url = json.loads(line)["url"]
        self.port = urlparse(self.url).port
        self.startup = time.monotonic() - self.begun

    def errors(self):
        self.log.seek(0)
        return self.log.read()[-600:]

    def call(self, method, path, body=None, timeout=10):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json"} if data else {})
            answer = connection.getresponse()
            text = answer.read()
            kind = answer.getheader("Content-Type", "")
            return answer.status, json.loads(text) if "json" in kind and "ndjson" not in kind else text, answer
        finally:
            connection.close()

    def end(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(timeout=60)
        self.process.stdout.close()
        self.log.close()
        return self.process.returncode


class Redis:
    def __init__(self, folder):
        self.folder = Path(folder) / "redis"
        self.folder.mkdir(exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder, "--save", "",
             "--appendonly", "yes", "--appendfsync", "always"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        STARTED.append(self.process)
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("Redis does not start")

    def kill(self):
        self.process.kill()
        self.process.wait()

    @property
    def address(self):
        return f"redis://127.0.0.1:{self.port}/0"


class Load:
    """Clients that post events and rank until they are told to stop; what was acknowledged is kept."""

    def __init__(self, services, clients, seed, items):
        self.services, self.items, self.stopped = services, items, False
        self.acknowledged, self.rankings, self.refused, self.lock = set(), 0, 0, threading.Lock()
        self.threads = [threading.Thread(target=self.work, args=(n, random.Random(seed * 100 + n))) for n in range(clients)]
        for thread in self.threads:
            thread.start()

    def work(self, number, draw):
        count = 0
        while not self.stopped:
            service = draw.choice(self.services())
            count += 1
            event = f"{number}-{count - draw.randrange(2)}"  # every second one is sent again
            try:
                if draw.random() < 0.8:
                    status, _, _ = service.call("POST", "/v1/events", {
                        "id": event, "user": f"f{draw.randrange(40)}", "item": draw.choice(self.items), "kind": "purchase"},
                        timeout=5)
                    with self.lock:
                        if status == 202:
                            self.acknowledged.add(event)
                        else:
                            self.refused += 1
                else:
                    status, _, _ = service.call("POST", "/v1/rank", {
                        "user": f"f{draw.randrange(40)}", "items": draw.sample(self.items, min(20, len(self.items)))},
                        timeout=5)
                    with self.lock:
                        self.rankings += status == 200
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.01)

    def stop(self):
        self.stopped = True
        for thread in self.threads:
            thread.join()


def kept(service):
    """Ids of all events of the store."""
    ids, position = [], 0
    while True:
        _, text, _ = service.call("GET", f"/v1/events?after={position}&limit=10000", timeout=60)
        lines = [json.loads(line) for line in text.splitlines()]
        if not lines:
            return ids
        ids += [line["id"] for line in lines]
        position = lines[-1]["position"]


def check_kept(service, load):
    ids = kept(service)
    lost, twice = load.acknowledged - set(ids), len(ids) - len(set(ids))
    assert not lost and not twice, f"{len(lost)} of {len(load.acknowledged)} lost, {twice} twice"
    return f"{len(load.acknowledged)} acknowledged, 0 lost, 0 twice"


def sqlite_kills(asked, folder, items):
    store, draw, startups = f"sqlite://{folder}/kills.sqlite", random.Random(asked.seed), []
    current = [Service(asked.run, store)]
    load = Load(lambda: current, 8, asked.seed, items)
    try:
        for _ in range(asked.kills):
            time.sleep(draw.uniform(0.05, 1.0))
            current[0].end(signal.SIGKILL)
            service = Service(asked.run, store)
            startups.append(service.startup)
            current[0] = service
    finally:
        load.stop()
    text = check_kept(current[0], load)
    assert current[0].end() == 0, "no clean end"
    assert max(startups) <= 5, f"ready after {max(startups):.1f} s"
    return f"{asked.kills} kills, {text}, {load.rankings} rankings; ready after {max(startups):.1f} s at most"


def redis_kills(asked, folder, items):
    redis, draw, startups = Redis(folder), random.Random(asked.seed + 1), []
    fast = ["--set", "serve.claimSeconds=2", "--set", "serve.maximumTries=1000"]
    rankers = [Service(asked.run, redis.address, "--role", "rank", *fast) for _ in range(2)]
    workers = [Service(asked.run, redis.address, "--role", "reason", *fast) for _ in range(2)]
    load = Load(lambda: rankers, 6, asked.seed, items)
    counts = {"ranker": 0, "worker": 0, "Redis": 0}
    try:
        for _ in range(asked.kills):
            time.sleep(draw.uniform(0.05, 0.8))
            what = draw.choice(["ranker", "worker", "Redis"])
            counts[what] += 1
            if what == "Redis":
                redis.kill()
                redis.start()
                continue
            group = rankers if what == "ranker" else workers
            place = draw.randrange(2)
            group[place].end(signal.SIGKILL)
            group[place] = Service(asked.run, redis.address, "--role", "rank" if what == "ranker" else "reason", *fast)
            startups.append(group[place].startup)
    finally:
        load.stop()
    try:
        for _ in range(20):  # connections that broke with Redis are made again
            if rankers[0].call("GET", "/readyz")[0] == 200:
                break
            time.sleep(0.1)
        text = check_kept(rankers[0], load)
        waiting = 1
        for _ in range(600):
            waiting = sum(v["staleUsers"] for v in rankers[0].call("GET", "/v1/versions")[1]["versions"])
            if not waiting:
                break
            time.sleep(0.2)
        assert not waiting, f"{waiting} users still stale"
    finally:
        for service in rankers + workers:
            service.end()
        redis.kill()
    assert max(startups, default=0) <= 5, f"ready after {max(startups):.1f} s"
    return f"{counts}, {text}; all users reasoned about; ready after {max(startups, default=0):.1f} s at most"


def full_disk(asked, folder, items):
    place = Path(folder) / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", place], check=True)
    try:
        service = Service(asked.run, f"sqlite://{place}/store.sqlite")
        statuses, acknowledged = {}, set()
        for number in range(4000):
            event = {"id": f"d{number}", "user": "x" * 200 + str(number % 50), "item": items[0], "kind": "view",
                     "context": {"text": "y" * 2000}}
            status, body, answer = service.call("POST", "/v1/events", event)
            statuses[status] = statuses.get(status, 0) + 1
            if status == 202:
                acknowledged.add(event["id"])
            else:
                assert status == 503 and answer.getheader("Retry-After"), (status, body)
                if statuses[status] >= 20:
                    break
        assert statuses.get(503), f"the disk was never full: {statuses}"
        assert service.call("POST", "/v1/rank", {"user": "nobody", "items": items[:3]})[0] == 200
        subprocess.run(["mount", "-o", "remount,size=40m", place], check=True)
        assert service.call("POST", "/v1/events", {"id": "after", "user": "u", "item": items[0], "kind": "view"})[0] == 202
        lost = acknowledged - set(kept(service))
        assert not lost, f"{len(lost)} lost"
        assert service.end() == 0
        return f"503 with Retry-After while it is full, {len(acknowledged)} acknowledged and kept, goes on with more room"
    finally:
        end_all()
        subprocess.run(["umount", place], check=False)


def read_only(asked, folder, items):
    place = Path(folder) / "readonly"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", place], check=True)
    try:
        service = Service(asked.run, f"sqlite://{place}/store.sqlite")
        service.call("POST", "/v1/events", {"id": "a", "user": "u", "item": items[0], "kind": "view"})
        assert service.end() == 0
        subprocess.run(["mount", "-o", "remount,ro", place], check=True)
        try:
            Service(asked.run, f"sqlite://{place}/store.sqlite").end()
            raise AssertionError("it started on a store that cannot be written")
        except RuntimeError as error:
            assert "can be written" in str(error) or "cannot be" in str(error), error
            return "a store that cannot be written is one error at the start"
    finally:
        subprocess.run(["umount", place], check=False)


def clients(asked, folder, items):
    service = Service(asked.run, f"sqlite://{folder}/clients.sqlite", "--set", "serve.requestSeconds=2")
    head = b"POST /v1/rank HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"
    slow = []
    for start in (b"POST /v1", head + b'{"user": ', b"", b"\x16\x03\x01garbage\r\n\r\n"):
        for _ in range(20):
            connection = socket.create_connection(("127.0.0.1", service.port))
            connection.sendall(start)
            slow.append(connection)
    begun = time.monotonic()
    assert service.call("POST", "/v1/rank", {"user": "u", "items": items[:3]})[0] == 200
    waited = time.monotonic() - begun
    for connection in slow:
        connection.settimeout(10)
        while connection.recv(4096):
            pass
        connection.close()
    deep = {"user": "u", "items": []}
    for _ in range(60):
        deep = {"user": deep, "items": [deep["items"]]}
    bad = [("POST", "/v1/rank", deep), ("POST", "/v1/events", {"id": "x" * 10_000, "user": "u", "item": "i", "kind": "view"}),
           ("GET", "/v1/users/" + "x" * 10_000, None), ("POST", "/v1/rank", {"user": "u", "items": [1e300]}),
           ("PUT", "/v1/items", {"id": "a", "price": -1})]
    found = [service.call(*one)[0] for one in bad]
    assert all(400 <= status < 500 for status in found), found
    assert service.end() == 0
    return f"80 slow or broken clients closed, one beside them answered in {1000 * waited:.0f} ms; bad bodies: {found}"


def overload(asked, folder, items):
    service = Service(
        asked.run, f"sqlite://{folder}/overload.sqlite", "--set", "serve.waitingRequests=4", "--set", "serve.backlogLimit=20")
    statuses, lock = {}, threading.Lock()

    def client(number):
        for count in range(60):
            if count % 2:
                status, _, answer = service.call("POST", "/v1/rank", {"user": f"o{number}", "items": items}, timeout=30)
            else:
                event = {"id": f"{number}-{count}", "user": f"o{number}", "item": items[0], "kind": "purchase"}
                status, _, answer = service.call("POST", "/v1/events", event, timeout=30)
            assert status in (200, 202, 429), status
            assert status != 429 or answer.getheader("Retry-After")
            with lock:
                statuses[status] = statuses.get(status, 0) + 1

    threads = [threading.Thread(target=client, args=(n,)) for n in range(80)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    memory = int(Path(f"/proc/{service.process.pid}/statm").read_text().split()[1]) * 4 // 1024
    version = service.call("GET", "/v1/versions")[1]["versions"][0]
    assert sum(statuses.values()) == 80 * 60 and statuses.get(429), statuses
    assert len(kept(service)) == statuses[202]
    assert service.end() == 0
    return f"{statuses}, {version['droppedUsers']} users left out of the backlog, {memory} MiB resident"


def clock(asked, folder, items):
    service = Service(asked.run, f"sqlite://{folder}/clock.sqlite")
    for number, when in enumerate([time.time() + 10 * 365 * 86400, 0, -10_000, time.time() - 3600, 250_000_000_000]):
        event = {"id": f"c{number}", "user": "c", "item": items[0], "kind": "purchase", "time": when}
        assert service.call("POST", "/v1/events", event)[0] == 202
        assert service.call("POST", "/v1/rank", {"user": "c", "items": items[:3], "time": when})[0] == 200
    assert service.call("POST", "/v1/rank", {"user": "c", "items": items[:3], "time": 1e18})[0] == 422
    for _ in range(100):
        features = service.call("GET", "/v1/users/c")[1]["features"]
        if features and not features["isStale"]:
            break
        time.sleep(0.1)
    assert features and not features["isStale"], features
    assert service.end() == 0
    return "times before 1970 and years ahead are kept in their order, ranked and reasoned about"


CHECKS = {"sqlite-kills": sqlite_kills, "redis-kills": redis_kills, "full-disk": full_disk, "read-only": read_only,
          "clients": clients, "overload": overload, "clock": clock}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("run")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", choices=CHECKS)
    asked = parser.parse_args()
    with open(Path(asked.run) / "1-construct/tables/items.jsonl", encoding="utf-8") as file:
        items = [json.loads(next(file))["id"] for _ in range(20)]
    folder, failed = tempfile.mkdtemp(prefix="taiji-faults-"), 0
    try:
        for name, check in CHECKS.items():
            if asked.only not in (None, name):
                continue
            if name == "redis-kills" and not shutil.which("redis-server") or name in ("full-disk", "read-only") and os.geteuid():
                print(f"left out  {name}", flush=True)
                continue
            begun = time.monotonic()
            try:
                print(f"passed    {name}: {check(asked, folder, items)} ({time.monotonic() - begun:.0f} s)", flush=True)
            except Exception as error:
                failed += 1
                end_all()
                print(f"FAILED    {name}: {type(error).__name__}: {error}", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
