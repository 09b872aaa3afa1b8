"""Measures this machine's runtime against a peer, turn by turn in one run; quotes medians and ratios.

echo: round trips of small messages through a process worker, against a bare aiohttp WebSocket handler.
monitor: CPU of the runtime and of its workers with 20 instances and 100 sessions, with monitoring and without.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
import psutil

ECHO = """
class Echo:
    def __init__(self, services):
        services.add_message_listener(lambda message, session: services.send(message, for_session_id=session))
        services.set_metrics_callback(lambda: {"a": 1, "b": 2.5, "c": 3, "d": 4, "e": 5}, {})
"""
MANIFEST = """
manifest = 1
[services.echo]
class = "service:Echo"
[apps.echo]
title = "Echo"
web = "web"
"""
BARE = """
from aiohttp import web

async def echo(request):
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    async for message in socket:
        await socket.send_str(message.data)
    return socket

app = web.Application()
app.router.add_get("/connect", echo)
web.run_app(app, host="127.0.0.1", port={port}, print=None, access_log=None)
"""
PAGES, WINDOW = 20, 50  # pages at once, and messages that each has on its way
TURN, TURNS = 3.0, 5  # seconds of a turn, turns of each side
INSTANCES, SESSIONS, WATCHED = 20, 100, 20.0


class Runtime:
    """A runtime with folders of its own."""

    def __init__(self, folder: Path, settings: str) -> None:
        homes = {f"XDG_{kind}_HOME": str(folder / kind) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
        self._environment = os.environ | homes
        self._state = folder / "STATE"
        config = folder / "CONFIG/narvi-desktop"
        config.mkdir(parents=True)
        (config / "config.toml").write_text(f"[settings]\n{settings}\n")
        app = folder / "DATA/narvi-desktop/apps/echo"
        (app / "web").mkdir(parents=True)
        (app / "web/index.html").write_text("<title>Echo</title>")
        (app / "service.py").write_text(ECHO)
        (app / "narvi.toml").write_text(MANIFEST)

    def run(self, *arguments: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "narvi_desktop", *arguments, "--json"]
        done = subprocess.run(command, env=self._environment, stdout=subprocess.PIPE, text=True, check=True)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def open(self, service_id: str) -> str:
        url = str(self.run("open", "echo", "--no-window", "--service-id", service_id)["url"])
        return url.replace("index.html", "connect")

    def headers(self) -> dict[str, str]:
        record = json.loads((self._state / "narvi-desktop/run/runtime.json").read_text())
        return {"Authorization": f"Bearer {record['token']}"}

    def processes(self) -> list[psutil.Process]:
        own = psutil.Process(self.run("status")["pid"])
        return [own, *own.children(recursive=True)]


async def echoes(url: str, headers: dict[str, str], seconds: float) -> float:
    """Round trips per second."""
    count = 0

    async def page(client: aiohttp.ClientSession) -> None:
        nonlocal count
        async with client.ws_connect(url) as socket:
            for _ in range(WINDOW):
                await socket.send_str("a message of some length")
            while time.monotonic() < until:
                if (await socket.receive()).data.startswith("a"):
                    count += 1
                await socket.send_str("a message of some length")

    async with aiohttp.ClientSession(headers=headers) as client:
        started = time.monotonic()
        until = started + seconds
        await asyncio.gather(*(page(client) for _ in range(PAGES)))
        return count / (time.monotonic() - started)


def bench_echo(folder: Path) -> None:
    runtime = Runtime(folder, "")
    url = runtime.open("main")
    port = 33_333
    bare = subprocess.Popen([sys.executable, "-c", BARE.format(port=port)])
    try:
        time.sleep(1)
        ours, theirs = [], []
        for _ in range(TURNS):
            ours.append(asyncio.run(echoes(url, runtime.headers(), TURN)))
            theirs.append(asyncio.run(echoes(f"http://127.0.0.1:{port}/connect", {}, TURN)))
    finally:
        bare.kill()
        runtime.run("stop")
    us, them = statistics.median(ours), statistics.median(theirs)
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    print(f"echo: {us:,.0f}/s through a process worker, {them:,.0f}/s with bare aiohttp; ", end="")
    print(f"ratio {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})")


async def idle(urls: list[str], runtime: Runtime) -> tuple[float, float]:
    """Percent of a core that the runtime and that its workers use while their sessions say nothing."""
    async with aiohttp.ClientSession(headers=runtime.headers()) as client:
        sockets = [await client.ws_connect(urls[number % len(urls)]) for number in range(SESSIONS)]
        await asyncio.sleep(3)
        processes = runtime.processes()
        before = [sum(process.cpu_times()[:2]) for process in processes]
        await asyncio.sleep(WATCHED)
        used = [sum(process.cpu_times()[:2]) - old for process, old in zip(processes, before, strict=True)]
        for socket in sockets:
            await socket.close()
    return used[0] / WATCHED * 100, sum(used[1:]) / WATCHED * 100


def bench_monitor(folder: Path) -> None:
    found = {}
    for name, interval in (("without", 100_000), ("with", 2)):
        runtime = Runtime(folder / name, f"monitoring_interval = {interval}")
        urls = [runtime.open(f"echo{number}") for number in range(INSTANCES)]
        try:
            found[name] = asyncio.run(idle(urls, runtime))
        finally:
            runtime.run("stop")
    for place, who in enumerate(("the runtime", "its workers together")):
        without, with_it = found["without"][place], found["with"][place]
        cost = with_it - without
        print(f"monitor: {who}: {with_it:.2f} % of a core with it, {without:.2f} % without; it costs {cost:.2f} %")


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["echo", "monitor"]
    with tempfile.TemporaryDirectory() as temporary:
        for name in wanted:
            (Path(temporary) / name).mkdir()
            {"echo": bench_echo, "monitor": bench_monitor}[name](Path(temporary) / name)
