"""machine: what it measures are its metrics, and what its page shows."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from narvi_desktop.settings import Settings
from tests.support.apps import accessible, add_bundled
from tests.support.browser import browser_page, visit
from tests.support.server import Server, until

QUICK = replace(Settings(), monitoring_interval=0.1)


@pytest.mark.settings(QUICK)
async def test_its_numbers_are_metrics_and_stand_on_its_page(server: Server) -> None:
    add_bundled(server, "machine")
    async with browser_page() as page:
        await visit(server, page, "machine", "machine")
        await page.wait_for_function("document.querySelector('.chart')?.chart.data[0].length > 3")
        titles = await page.locator(".card h2").all_inner_texts()
        assert titles == ["Processor", "Memory", "Disk", "Network"]
        numbers = await page.locator(".card .now").all_inner_texts()
        assert re.fullmatch(r"[\d.]+ %", numbers[0]) and re.fullmatch(r"[\d.]+ [MG]B of [\d.]+ GB", numbers[1])
        assert numbers[3].startswith("↓ ") and "↑ " in numbers[3]
        # The chart holds what the runtime was told.
        (instance,) = server.hub.admin_data()["machine"]["machine"]["instances"]["main"]
        assert set(instance["metrics"][0][1]) == {"cpu", "memory", "disk", "received", "sent"}
        assert instance["metrics_metadata"]["cpu"]["max"] == 100
        told = [values["cpu"] for _, values in reversed(instance["metrics"])][:3]
        _, shown = await page.evaluate("document.querySelector('.chart').chart.data")
        assert any(shown[start : start + len(told)] == told for start in range(len(shown)))
        said = await page.locator(".plot").first.get_attribute("aria-label")
        assert said is not None and re.match(r"Processor over time: now [\d.]+ %, since \d", said)


@pytest.mark.settings(QUICK)
async def test_a_page_that_comes_later_gets_the_history_and_a_narrow_one_fits(server: Server) -> None:
    add_bundled(server, "machine")
    async with browser_page() as page:
        await visit(server, page, "machine", "machine")
        instance = next(iter(server.hub.instances))
        await until(lambda: len(instance.metrics) > 10)
        await page.set_viewport_size({"width": 320, "height": 600})
        await page.reload()
        await page.wait_for_function("document.querySelector('.chart')?.chart.data[0].length > 10")
        await page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
        assert await page.locator("canvas").count() == 4
        await accessible(page)
