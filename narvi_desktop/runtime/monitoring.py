"""The stream of the monitor: measure the processes before each round, send a document to each watcher after it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import narvi_desktop
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.site import Sites
from narvi_desktop.server.stats import InstanceStats, RuntimeStats
from narvi_desktop.windows.manager import WindowManager

if TYPE_CHECKING:
    from narvi_desktop.monitor.sampler import Sampler

_FIRST_ROUNDS = 150  # of history that a watcher gets at once; afterwards what is new
_QUEUE_LIMIT = 8  # rounds that wait for a watcher that does not read


class Monitoring:
    """Used on the event loop only."""

    def __init__(self, hub: Hub, sites: Sites, windows: WindowManager) -> None:
        self._hub = hub
        self._sites = sites
        self._windows = windows
        self._sampler: Sampler | None = None
        # A queue for each watcher: True for a round that has passed, False for the end.
        self._watchers: set[asyncio.Queue[bool]] = set()

    async def watch(self, request: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """Yield a document with the last minutes at once, then one for each round with what is new."""
        queue: asyncio.Queue[bool] = asyncio.Queue(_QUEUE_LIMIT)
        self._watchers.add(queue)
        rounds, last_message = _FIRST_ROUNDS, 0
        try:
            going_on = True
            while going_on:
                messages = self._hub.message_log.since(last_message)
                last_message = messages[-1]["number"] if messages else last_message
                yield self._document(rounds, messages)
                going_on = await queue.get()
                # Rounds that passed while the watcher did not read are history that it still lacks.
                rounds = 1
                while not queue.empty() and going_on:
                    going_on = queue.get_nowait()
                    rounds += 1
        finally:
            self._watchers.discard(queue)

    def measure(self) -> None:
        """Before a round: measure CPU and memory of every process."""
        if self._sampler is None:
            from narvi_desktop.monitor.sampler import Sampler  # late: psutil would lengthen each start

            self._sampler = Sampler()
        stats: dict[int, InstanceStats | RuntimeStats] = {os.getpid(): self._hub.stats}
        stats |= {instance.pid: instance.stats for instance in self._hub.instances if instance.pid is not None}
        for pid, usage in self._sampler.measure(stats).items():
            stats[pid].cpu, stats[pid].memory = usage

    def notify(self) -> None:
        """After a round: let every watcher get a document."""
        for queue in self._watchers:
            if not queue.full():
                queue.put_nowait(True)

    def close(self) -> None:
        """End the stream of every watcher."""
        for queue in self._watchers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(False)

    def _document(self, rounds: int, messages: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "schema": 1,
            "running": True,
            "time": time.time(),
            "version": narvi_desktop.__version__,
            "pid": os.getpid(),
            "sites": self._sites.origins(),
            "interval": self._hub.settings.monitoring_interval,
            "admin": self._hub.admin_data(rounds),
            "windows": [key._asdict() for key in self._windows.open_keys()],
            "trace": messages,
        }
