"""The rounds of a running server."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from narvi_desktop.server.hub import Hub
from narvi_desktop.server.monitoring import MonitoringLoop
from narvi_desktop.settings import Settings
from tests.support.server import until

QUICK = replace(Settings(), monitoring_interval=0.01)


@pytest.mark.parametrize("enabled", [True, False])
async def test_ticks_rounds_and_callbacks_that_fail(tmp_path: Path, enabled: bool) -> None:
    calls: list[str] = []

    def fail() -> None:
        calls.append("before")
        raise ValueError("no luck")

    hub = Hub(QUICK, tmp_path)
    loop = MonitoringLoop(hub, [lambda: calls.append("tick")], [fail], [lambda: calls.append("after")], enabled)
    task = asyncio.create_task(loop.run())
    await until(lambda: calls.count("tick") > 5)
    task.cancel()
    await asyncio.wait([task])
    assert bool(hub.stats.history) is enabled
    assert calls.count("before") == calls.count("after") and bool(calls.count("after")) is enabled
