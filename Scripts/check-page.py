"""Drives the service's page in headless Chromium: a user is shown, an item bought, and the features follow.

Usage: python3 Scripts/check-page.py RUN [--screenshots FOLDER]

Starts a service and a browser on this machine and ends both. The exit status is 0 if every check passed.
"""
import argparse
import base64
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlparse

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / ".build/release/taiji"


class Browser:
    """Chromium's DevTools protocol over a WebSocket."""

    def __init__(self, folder):
        program = shutil.which("chromium") or shutil.which("google-chrome")
        if not program:
            raise SystemExit("check-page: chromium is missing; install it with: apt-get install chromium")
        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--window-size=1400,950",
             f"--user-data-dir={folder}", "about:blank"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True)
        for line in self.process.stderr:
            found = re.search(r"ws://[^:]+:(\d+)/", line)
            if found:
                self.port = int(found.group(1))
                break
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/json", timeout=20) as answer:
            page = next(one for one in json.load(answer) if one["type"] == "page")
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        key = base64.b64encode(os.urandom(16)).decode()
        path = urlparse(page["webSocketDebuggerUrl"]).path
        self.socket.sendall((f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        while not self.read_line().strip() == b"":
            pass
        self.number, self.events = 0, []

    def read(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise OSError("the browser is gone")
            data += part
        return data

    def read_line(self):
        line = b""
        while not line.endswith(b"\n"):
            line += self.read(1)
        return line

    def receive(self):
        text = b""
        while True:
            first, length = self.read(2)
            length &= 127
            if length == 126:
                length = struct.unpack(">H", self.read(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", self.read(8))[0]
            text += self.read(length)
            if first & 128:
                return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        data = json.dumps({"id": self.number, "method": method, "params": parameters}).encode()
        mask = os.urandom(4)
        size = len(data)
        head = bytes([129, 128 | size]) if size < 126 else bytes([129, 254]) + struct.pack(">H", size)
        if size >= 65536:
            head = bytes([129, 255]) + struct.pack(">Q", size)
        self.socket.sendall(head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(data)))
        while True:
            message = self.receive()
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(message["error"])
                return message["result"]
            self.events.append(message)

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def wait(self, what, expression, seconds=60):
        end = time.monotonic() + seconds
        while not self.value(expression):
            if time.monotonic() > end:
                raise AssertionError(f"{what}: not within {seconds} s; the status says '{self.value(STATUS)}'")
            time.sleep(0.1)
        print(f"passed  {what}", flush=True)

    def press(self, key, code):
        for kind in ("keyDown", "keyUp"):
            extra = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **extra)

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def end(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stderr.close()


STATUS = "document.getElementById('status').textContent"


def check(browser, url, screenshots):
    for domain in ("Page", "Runtime", "Network", "Log"):
        browser.call(f"{domain}.enable")
    browser.call("Page.navigate", url=url)
    browser.wait("a user's state is shown", "document.querySelectorAll('#recent li').length > 0")
    browser.wait("the catalogue is ranked", "document.querySelectorAll('#items tr').length > 3")
    browser.wait("the gauges are filled", "document.querySelectorAll('#gauges dd').length === 8")
    before = browser.value("document.querySelector('#recent li').textContent")
    browser.press("Tab", 9)
    assert browser.value("document.activeElement.className") == "skip", "the skip link is not the first stop"
    for _ in range(60):
        browser.press("Tab", 9)
        if browser.value("document.activeElement.closest('#items') !== null"):
            break
    assert browser.value("document.activeElement.closest('#items') !== null"), "no item is reached by keyboard"
    title = browser.value("document.activeElement.textContent")
    browser.press("Enter", 13)
    browser.wait("an item is bought by keyboard", f"{STATUS}.includes('Bought') || {STATUS}.includes('New features')")
    browser.wait("the behaviour stands first", f"document.querySelector('#recent li').textContent === {json.dumps(title)}")
    browser.wait("new features come", f"{STATUS}.includes('New features')", 120)
    browser.wait("they are fresh", "document.getElementById('freshness').textContent === 'fresh'")
    browser.value("document.getElementById('filter').value = 'zzzz'; document.getElementById('filter')"
                  ".dispatchEvent(new Event('input')); 1")
    browser.wait("the filter filters", "document.querySelectorAll('#items tr').length === 0")
    unnamed = browser.value(
        "[...document.querySelectorAll('input,button,table')].filter(e => !e.hidden && !(e.labels?.length || "
        "e.textContent.trim() || e.caption)).length")
    assert unnamed == 0, f"{unnamed} controls have no name"
    print("passed  every control has a name", flush=True)
    browser.value("document.getElementById('filter').value = ''; document.getElementById('filter')"
                  ".dispatchEvent(new Event('input')); 1")
    browser.wait("the ranking is back", "document.querySelectorAll('#items tr').length > 3")
    for scheme in ("light", "dark"):
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        ink, paper = browser.value(
            "(s => [s.color, s.backgroundColor])(getComputedStyle(document.body))")
        def light(color):
            parts = [int(float(part)) for part in re.findall(r"[\d.]+", color)[:3]]
            channels = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in parts]
            return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
        high, low = sorted((light(ink), light(paper)), reverse=True)
        contrast = (high + 0.05) / (low + 0.05)
        assert contrast >= 7, f"{scheme}: contrast {contrast:.1f}"
        print(f"passed  {scheme}: contrast of text {contrast:.1f}", flush=True)
        if screenshots:
            screenshots.mkdir(parents=True, exist_ok=True)
            browser.screenshot(screenshots / f"page-{scheme}.png")
    browser.value("1")
    outside = {event["params"]["request"]["url"] for event in browser.events
               if event["method"] == "Network.requestWillBeSent" and not event["params"]["request"]["url"].startswith(url)}
    assert not outside, f"asks others: {outside}"
    faults = [event for event in browser.events if event["method"] == "Runtime.exceptionThrown"]
    assert not faults, faults[:2]
    print(f"passed  nothing from elsewhere, no script error (first behaviour before: {before})", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("run")
    parser.add_argument("--screenshots", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="taiji-page-", ignore_cleanup_errors=True) as folder:
        service = subprocess.Popen(
            [PROGRAM, "serve", "--run", asked.run, "--port", "0", "--store", f"sqlite://{folder}/store.sqlite"],
            stdout=subprocess.PIPE, text=True)
        try:
            url = json.loads(service.stdout.readline())["url"]
            browser = Browser(f"{folder}/browser")
            try:
                check(browser, url, asked.screenshots)
            finally:
                browser.end()
        except AssertionError as error:
            print(f"FAILED  {error}", flush=True)
            sys.exit(1)
        finally:
            service.terminate()
            service.wait()


if __name__ == "__main__":
    main()
