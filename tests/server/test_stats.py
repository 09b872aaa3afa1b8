"""What the runtime measures: callbacks by name, errors, states; and metrics callbacks that do wrong."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from narvi_desktop.server.registry import Service
from narvi_desktop.server.stats import InstanceStats
from narvi_desktop.settings import Settings
from narvi_desktop.worker.callback_timings import CallbackTimings, name_of
from tests.support.server import Server, add_probe, until

QUICK = replace(Settings(), monitoring_interval=0.05, stuck_warning=0.1, stuck_after=0.3, restart_delays=(0.01,) * 5)
SERVICE = """
import threading, time
blocked = threading.Event()
class Mine:
    def __init__(self, services):
        self.services = services
        services.add_message_listener(self.on_message)
        services.create_request_service("APP", "ask", self.on_ask)
        services.set_metrics_callback(self.METRICS, {"load": {"min": 0, "max": 1}})
    def on_message(self, message, session_id):
        if message == "raise":
            raise ValueError("no luck")
        if message == "block":
            blocked.wait(60)
        self.services.send(message)
    def on_ask(self, *_):
        return 200, b"", "text/plain", {}
    def good(self):
        return {"load": 0.5}
    def blocking(self):
        blocked.wait(60)
    def raising(self):
        raise SystemExit("metrics")
    def odd(self):
        loop = {}
        loop["self"] = loop
        return {"nan": float("nan"), "huge": 10 ** 400, "loop": loop, 7: 1, "inf": float("inf"), "load": 0.5,
                "bytes": b"x", "text": "calm", **{f"m{n}": n for n in range(200)}}
    def wrong(self):
        return 7
"""


def add(server: Server, folder: Path, name: str, metrics: str = "good", isolation: str = "process") -> Service:
    place = folder / name
    place.mkdir()
    (place / "service.py").write_text(SERVICE.replace("APP", name).replace("METRICS", metrics))
    service = Service("lab", name, "service:Mine", fixed_service_id="main", isolation=isolation, folder=place)
    server.hub.register_app(name, server.hub.register_service(service), {}, {})
    return service


def told(server: Server, name: str) -> dict[str, Any]:
    (instance,) = server.hub.admin_data()["lab"][name]["instances"]["main"]
    data: dict[str, Any] = instance
    return data


@pytest.mark.settings(QUICK)
async def test_traffic_callbacks_and_errors(server: Server, tmp_path: Path, isolation: str) -> None:
    add(server, tmp_path, "good", isolation=isolation)
    page = await server.page("lab/good/main")
    for message in ("one", "raise", "three"):
        await page.socket.send_str(message)
    assert [await page.text(), await page.text()] == ["one", "three"]
    assert (await server.get("lab/good/main/ask"))[0] == 200
    await until(lambda: told(server, "good")["measured"]["callbacks"].get("on_ask", {}).get("count") == 1)
    await until(lambda: bool(told(server, "good")["metrics"]))
    data = told(server, "good")
    measured = data["measured"]
    assert measured["callbacks"]["on_message"]["count"] == 3
    assert 0 < measured["callbacks"]["on_message"]["median"] <= measured["callbacks"]["on_message"]["worst"]
    assert (measured["messages_in"], measured["messages_out"]) == (3, 2)
    assert (measured["bytes_in"], measured["bytes_out"]) == (13, 8)
    assert (measured["requests"], measured["errors"]) == (1, 1)
    assert measured["last_error"].startswith(str(tmp_path / "good" / "service.py"))
    assert "on_message: ValueError: no luck" in measured["last_error"].splitlines()[0]
    assert data["state"] == "running" and data["sessions"][page.session_id]["bytes_out"] == 8
    assert data["metrics"][0][1] == {"load": 0.5}
    await page.socket.close()
    await until(lambda: told(server, "good")["state"] == "idle")


@pytest.mark.settings(QUICK)
async def test_a_callback_that_never_returns_is_told_with_its_stack(server: Server, tmp_path: Path) -> None:
    service = add(server, tmp_path, "good")
    add(server, tmp_path, "other")
    page, other = await server.page("lab/good/main"), await server.page("lab/other/main")
    await page.socket.send_str("block")
    await until(lambda: told(server, "good")["state"] == "stuck")
    assert told(server, "good")["measured"]["running"]["name"] == "on_message"
    log = server.hub.log_of(service)
    await until(lambda: "blocked.wait(60)" in log.tail(50))
    assert "on_message has not returned for 0.1 s; it stands at" in log.tail(50)
    assert "narvi_desktop/worker" not in log.tail(50)
    # Its own metrics come on, and nobody else waits.
    rounds = len(told(server, "good")["metrics"])
    await until(lambda: len(told(server, "good")["metrics"]) > rounds)
    await other.socket.send_str("hello")
    assert await other.text() == "hello" and told(server, "other")["state"] == "running"
    assert log.tail(50).count("has not returned") == 1
    instance = next(found for found in server.hub.instances if found.service is service)
    instance.kill()


@pytest.mark.parametrize("metrics", ["blocking", "raising", "odd", "wrong"])
@pytest.mark.settings(QUICK)
async def test_a_metrics_callback_that_does_wrong_spoils_nobodys_round(
    server: Server, tmp_path: Path, isolation: str, metrics: str
) -> None:
    add(server, tmp_path, "bad", metrics, isolation)
    add(server, tmp_path, "good", isolation=isolation)
    page, good = await server.page("lab/bad/main"), await server.page("lab/good/main")
    await until(lambda: len(told(server, "good")["metrics"]) > 3)
    await page.socket.send_str("still here")
    assert await page.text() == "still here"
    await good.socket.close()
    data = told(server, "bad")
    if metrics == "odd":
        values = data["metrics"][0][1]
        assert values["load"] == 0.5 and values["text"] == "calm" and len(values) == 100
        assert not {"nan", "inf", "huge", "loop", "bytes"} & set(values)
    else:
        assert data["metrics"] == []
    if metrics != "blocking":
        await until(lambda: told(server, "bad")["measured"]["metrics_dropped"] > 0)


@pytest.mark.settings(QUICK)
async def test_what_fails_or_restarts_is_told(server: Server, tmp_path: Path) -> None:
    add_probe(server, "process", service_class="service:Broken")
    assert (await server.get("lab/probe/main/index.html"))[0] == 503
    down = server.hub.admin_data()["lab"]["probe"]["not_running"]["main"]
    assert down["state"] in ("restarting", "failed") and "the cellar is flooded" in down["error"]
    # Told as it was, also when its worker has gone.
    await until(lambda: not server.hub.instances)
    down = server.hub.admin_data()["lab"]["probe"]["not_running"]["main"]
    assert "the cellar is flooded" in down["error"]
    await until(lambda: server.hub.admin_data()["lab"]["probe"]["not_running"]["main"]["state"] == "failed")
    service = add(server, tmp_path, "good")
    await server.page("lab/good/main")
    assert told(server, "good")["restarts"] == 0
    await server.hub.restart(service)
    page = await server.page("lab/good/main")
    assert told(server, "good")["restarts"] == 1
    await page.socket.close()


@pytest.mark.settings(QUICK)
async def test_the_runtime_tells_of_itself_like_a_service(server: Server) -> None:
    await until(lambda: bool(server.hub.stats.history))
    (own,) = server.hub.admin_data()["desktop"]["runtime"]["instances"]["main"]
    assert set(own) >= {"uptime", "sessions", "metrics", "metrics_metadata"}
    assert set(own["metrics"][0][1]) >= {"lag", "sessions", "messages"}


LISTENER = """
import json, time
class Listener:
    def __init__(self, services):
        self.services = services
        self.hold = False
        services.set_admin_listener(self.on_round)
        services.add_message_listener(self.on_message)
    def on_message(self, message, session_id):
        self.hold = message == "hold"
    def on_round(self, data):
        instance = data["lab"]["good"]["instances"]["main"][0]
        times = [at for at, _ in instance["metrics"]]
        told = {"metrics": times, "values": dict(instance["metrics"][0][1]) if times else None,
                "measured": len(instance["measured_history"]), "keys": sorted(instance),
                "runtime": "runtime" in data["desktop"]}
        # Its own copy: what is done to it is seen nowhere.
        for _, values in instance["metrics"]:
            values["load"] = "spoilt"
        instance["metrics_metadata"].clear()
        data.clear()
        self.services.send(json.dumps(told))
        if self.hold:
            time.sleep(1)
"""


@pytest.mark.settings(QUICK)
async def test_admin_listeners_get_the_whole_history_each_its_own_copy(
    server: Server, tmp_path: Path, isolation: str
) -> None:
    add(server, tmp_path, "good", isolation=isolation)
    await server.page("lab/good/main")
    await until(lambda: len(told(server, "good")["metrics"]) > 3)
    pages = []
    for name in ("first", "second"):
        place = tmp_path / name
        place.mkdir()
        (place / "service.py").write_text(LISTENER)
        service = Service(
            "lab", name, "service:Listener", fixed_service_id="main", isolation=isolation, folder=place
        )
        server.hub.register_app(name, server.hub.register_service(service), {}, {})
        pages.append(await server.page(f"lab/{name}/main"))
        for _ in range(5):
            heard = json.loads(await pages[-1].text())
    known = [at for at, _ in told(server, "good")["metrics"]]
    assert len(heard["metrics"]) > 3 and heard["metrics"] == sorted(heard["metrics"], reverse=True)
    assert set(heard["metrics"]) <= set(known) and heard["metrics"][-1] == known[-1]
    assert heard["values"] == {"load": 0.5} and heard["measured"] > 3 and heard["runtime"]
    assert "kept" not in heard["keys"]
    assert told(server, "good")["metrics_metadata"] == {"load": {"min": 0, "max": 1}}

    # One that is slow is given less often, and still misses nothing.
    await pages[0].socket.send_str("hold")
    slow = next(found for found in server.hub.instances if found.service.name == "first")
    await until(lambda: not slow.wants_admin_data and slow.waiting["in_worker"] == 0)
    before = server.hub.stats.history.count
    await until(lambda: server.hub.stats.history.count > before + 5)
    assert slow.waiting["to_worker"] == 0 and slow.stats.inbox <= 1
    await pages[0].socket.send_str("go on")
    known = [at for at, _ in told(server, "good")["metrics"]]
    while (heard := json.loads(await pages[0].text()))["metrics"][0] < known[0]:
        pass
    assert set(known) <= set(heard["metrics"])


def test_history_is_bounded() -> None:
    stats = InstanceStats(rounds=3)
    for second in range(10):
        stats.traffic.count_in(5)
        stats.sample(float(second), float(second), sessions=1)
    assert [at for at, _ in stats.history.newest()] == [9.0, 8.0, 7.0] and stats.rate == 1.0


def test_times_by_name() -> None:
    now = [0.0]
    times = CallbackTimings(lambda: now[0])
    for took in [0.1] * 98 + [3.0, 0.2]:
        times.begin("on_message")
        now[0] += took
        running = times.running()
        assert running is not None and running[0] == "on_message" and running[1] == pytest.approx(took)
        times.end()
    summary = times.summary()["on_message"]
    assert summary["count"] == 100 and summary["median"] == pytest.approx(0.1)
    assert summary["worst"] == pytest.approx(3.0) == summary["recent_worst"]
    for _ in range(100):
        times.begin("on_message")
        times.end()
    assert times.summary()["on_message"]["recent_worst"] == 0.0 and times.running() is None
    for number in range(300):
        times.begin(f"f{number}")
        times.end()
    assert len(times.summary()) == 100


def test_what_a_callback_is_called() -> None:
    assert name_of(test_times_by_name, "message") == "test_times_by_name"
    assert name_of(lambda: None, "message") == "message"
    assert name_of(asyncio.Event().wait, "message") == "wait"
