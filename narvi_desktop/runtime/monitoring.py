"""A round of monitoring: measure the processes before it, tell those who watch after it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import narvi_desktop
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.site import Sites
from narvi_desktop.server.stats import InstanceStats, RuntimeStats

if TYPE_CHECKING:
    from narvi_desktop.monitor.sampler import Sampler

FIRST_ROUNDS = 150  # of history that a watcher gets at once; afterwards what is new
_WAITING = 8  # rounds kept for a watcher that does not read


class Monitoring:
    """Belongs to the loop.

    Args:
        windows: what is open, as plain data.
    """

    def __init__(self, hub: Hub, sites: Sites, windows: Callable[[], list[dict[str, Any]]]) -> None:
        self._hub = hub
        self._sites = sites
        self._windows = windows
        self._sampler: Sampler | None = None
        self._watchers: set[asyncio.Queue[bool]] = set()

    async def watch(self, payload: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """A document now, with the last minutes, then one per round with what is new."""
        rings: asyncio.Queue[bool] = asyncio.Queue(_WAITING)
        self._watchers.add(rings)
        rounds, told = FIRST_ROUNDS, 0
        try:
            going_on = True
            while going_on:
                trace = self._hub.message_log.since(told)
                told = trace[-1]["number"] if trace else told
                yield self._document(rounds, trace)
                going_on = await rings.get()
                # What could not be told in time is history that this one still lacks.
                rounds = 1
                while not rings.empty() and going_on:
                    going_on = rings.get_nowait()
                    rounds += 1
        finally:
            self._watchers.discard(rings)

    def close(self) -> None:
        """The runtime leaves: every watcher's stream ends."""
        for rings in self._watchers:
            if rings.full():
                rings.get_nowait()
            rings.put_nowait(False)

    def _document(self, rounds: int, trace: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "schema": 1,
            "running": True,
            "time": time.time(),
            "version": narvi_desktop.__version__,
            "pid": os.getpid(),
            "sites": self._sites.origins(),
            "interval": self._hub.settings.monitoring_interval,
            "admin": self._hub.admin_data(rounds),
            "windows": self._windows(),
            "trace": trace,
        }

    def measure(self) -> None:
        """Before a round: CPU and memory of every process."""
        if self._sampler is None:
            from narvi_desktop.monitor.sampler import Sampler  # late: psutil would lengthen each start

            self._sampler = Sampler()
        measures: dict[int, InstanceStats | RuntimeStats] = {os.getpid(): self._hub.stats}
        measures |= {instance.pid: instance.stats for instance in self._hub.instances if instance.pid is not None}
        for pid, usage in self._sampler.measure(measures).items():
            measures[pid].cpu, measures[pid].memory = usage

    def notify(self) -> None:
        """After a round: every watcher gets a document."""
        for rings in self._watchers:
            if not rings.full():
                rings.put_nowait(True)
