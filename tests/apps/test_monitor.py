"""monitor: what runs, with the numbers that the apps report, in a real browser."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from narvi_desktop.server.registry import Service
from narvi_desktop.settings import Settings
from tests.support.apps import accessible, add_bundled
from tests.support.browser import browser_page, visit
from tests.support.server import Page as Socket
from tests.support.server import Server, until

QUICK = replace(Settings(), monitoring_interval=0.1, stuck_after=0.5, restart_delays=(0.01,) * 5)
FIND = "[...document.querySelectorAll('.chart')].find((f) => f.querySelector('span').textContent === title)"
EVIL = "<img src=x onerror=\"document.title='owned'\">"
SERVICE = f"""
import threading
class Lab:
    def __init__(self, services):
        self.services = services
        self.load = 0
        metadata = {{"load": {{"min": 0, "max": 10, "colour": "tomato"}}, "odd": {{"colour": "url(x)", "min": "low"}},
                    "beyond": {{"min": 0, "max": 1, "colour": "transparent"}},
                    "turned": {{"min": 10, "max": 0, "colour": "inherit"}}}}
        services.set_metrics_callback(self.metrics, metadata)
        services.add_message_listener(self.on_message)
        print({EVIL!r}, "\\x1b[31mred")
    def metrics(self):
        self.load += 1
        odd = self.load if self.load % 2 else "now a text"
        return {{"load": self.load, "odd": odd, "beyond": 5, "turned": 5, "nan": float("nan"), "mood": {EVIL!r}}}
    def on_message(self, message, session_id):
        if message == "raise":
            raise ValueError({EVIL!r})
        if message == "block":
            threading.Event().wait()
        if message == "print":
            print("printed later")
class Broken:
    def __init__(self, services):
        raise OSError("the cellar is flooded")
"""


def add_lab(server: Server, folder: Path, name: str, cls: str = "Lab") -> Service:
    (folder / "service.py").write_text(SERVICE)
    options: dict[str, Any] = {"isolation": "process", "python": (sys.executable,), "folder": folder}
    service = Service("lab", name, f"service:{cls}", fixed_service_id="main", **options)
    server.hub.register_app(name, server.hub.register_service(service), {}, {})
    return service


async def rows(page: Page) -> list[str]:
    return await page.locator("#list tbody button").all_inner_texts()


async def chart(page: Page, title: str) -> Any:
    """The data of the details' chart with this title."""
    return await page.evaluate(f"(title) => {FIND}?.chart.data", title)


@pytest.mark.settings(QUICK)
async def test_two_apps_with_their_numbers(server: Server, tmp_path: Path) -> None:
    add_bundled(server, "monitor")
    for name in ("one", "two"):
        add_lab(server, tmp_path, name)
    first: Socket = await server.page("lab/one/main")
    await server.page("lab/two/main")
    for instance in server.hub.instances:
        instance.stats.cpu, instance.stats.memory = 12.5, 50 << 20
    await until(lambda: all(len(instance.stats.history) > 3 for instance in server.hub.instances))
    visited = time.time()
    async with browser_page() as page:
        await visit(server, page, "desktop", "monitor")
        await page.wait_for_function("document.querySelectorAll('#list tbody tr').length === 3")
        assert await rows(page) == ["desktop/monitor", "lab/one", "lab/two"]
        one = page.locator("#list tbody tr", has_text="lab/one")
        assert (await one.locator("td").all_inner_texts())[1:3] == ["● running", "1"]
        assert (await one.locator("td").all_inner_texts())[4:6] == ["12.5 %", "50.0 MB"]

        # By keyboard: to the second row, and chosen.
        await page.locator("#list tbody button").first.focus()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await page.locator("#details h2", has_text="lab/one").wait_for()
        await page.wait_for_function("document.querySelector('#details canvas')")
        instance = next(found for found in server.hub.instances if found.service.name == "one")
        await until(lambda: len(instance.metrics) > 5)
        await page.wait_for_function(
            "[...document.querySelectorAll('.chart')].some((f) => f.chart.data[1].at(-1) > 5)"
        )
        times, values = await chart(page, "load")
        told = {round(at, 3): numbers["load"] for at, numbers in instance.metrics.newest()}
        assert values and all(told[round(at, 3)] == value for at, value in zip(times, values, strict=True))
        # The page that has started the monitor's service gets the history all the same.
        assert (await chart(page, "Sessions"))[0][0] < visited
        assert (await chart(page, "CPU"))[1][-1] == 12.5 and (await chart(page, "nan")) is None
        assert "tomato" in await page.evaluate(
            "[...document.querySelectorAll('.chart')].map((f) => f.chart._series[0].colour)"
        )

        # Limits and colours that make no sense still give a chart in which the value can be seen.
        look = "({ scales, series }) => [scales.y.min, scales.y.max, series[1].stroke()]"
        for title in ("odd", "beyond", "turned"):
            low, high, stroke = await page.evaluate(f"(title) => ({look})({FIND}.chart._uplot)", title)
            assert low < high and stroke == "#9a4a12" and (title == "odd" or low <= 5 <= high), title

        # Foreign text is text, in metrics, errors and logs; and the log is followed.
        await first.socket.send_str("raise")
        await page.locator("#details pre", has_text=f"ValueError: {EVIL}").first.wait_for()
        await page.locator("dd", has_text=EVIL).wait_for()
        await page.locator("#log", has_text=f"{EVIL} \\x1b[31mred").wait_for()
        await first.socket.send_str("print")
        await page.locator("#log", has_text="printed later").wait_for()
        assert await page.title() == "Monitor"
        await page.locator("#list .some", has_text="1").wait_for()
        await accessible(page)

        await page.locator("#filter").fill("two")
        await page.locator("#details h2", has_text="lab/two").wait_for()
        assert await rows(page) == ["lab/two"]
        await page.locator("#filter").fill("nothing of this")
        await page.get_by_text("Nothing passes the filter.").wait_for()
        await page.locator("#filter").fill("")
        await server.hub.stop(instance.service)
        await page.wait_for_function("document.querySelectorAll('#list tbody tr').length === 2")


@pytest.mark.settings(QUICK)
async def test_what_fails_and_what_hangs(server: Server, tmp_path: Path) -> None:
    add_bundled(server, "monitor")
    add_lab(server, tmp_path, "bad", "Broken")
    add_lab(server, tmp_path, "slow")
    await server.get("lab/bad/main/index.html")
    slow = await server.page("lab/slow/main")
    await slow.socket.send_str("block")
    async with browser_page() as page:
        await visit(server, page, "desktop", "monitor")
        await page.locator("#list .state", has_text="✗ failed").wait_for()
        await page.locator("#list .state", has_text="▲ stuck").wait_for()
        await page.locator("#list button", has_text="lab/bad").click()
        await page.locator("#details pre", has_text="OSError: the cellar is flooded").first.wait_for()
        await page.locator("#list button", has_text="lab/slow").click()
        await page.locator("#facts", has_text="on_message has not returned for").wait_for()
        await accessible(page)
    next(found for found in server.hub.instances if found.service.name == "slow").kill()


@pytest.mark.settings(QUICK)
async def test_everything_by_tab_and_nothing_overflows_when_narrow(server: Server, tmp_path: Path) -> None:
    add_bundled(server, "monitor")
    add_lab(server, tmp_path, "one")
    await server.page("lab/one/main")
    async with browser_page() as page:
        await page.set_viewport_size({"width": 380, "height": 700})
        await visit(server, page, "desktop", "monitor")
        await page.locator("#list button", has_text="lab/one").wait_for()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        reached = []
        for _ in range(8):
            await page.keyboard.press("Tab")
            reached.append(await page.evaluate("document.activeElement.id || document.activeElement.textContent"))
        assert reached[:4] == ["filter", "scroll", "desktop/monitor", "lab/one"] and "log" in reached


@pytest.mark.settings(QUICK)
async def test_a_page_reads_no_file_that_the_runtime_has_not_named(server: Server, tmp_path: Path) -> None:
    add_bundled(server, "monitor")
    add_lab(server, tmp_path, "one")
    await server.page("lab/one/main")
    (tmp_path / "secret").write_text("secret")
    page = await server.page("desktop/monitor/main")
    while "lab" not in json.loads(await page.text())["data"]:
        pass
    for asked in (str(tmp_path / "secret"), "/etc/passwd", "", None, 7):
        await page.socket.send_str(json.dumps({"log": asked}))
    log = str(tmp_path / "logs" / "lab.one.log")
    await page.socket.send_str(json.dumps({"log": log}))
    while (told := json.loads(await page.text()))["action"] != "log":
        pass
    assert told["path"] == log and "red" in told["lines"][-1]
