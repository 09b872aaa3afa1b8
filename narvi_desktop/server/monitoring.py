"""The rounds of a running server: pings each second, metrics and admin data at the monitoring interval."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable

from .hub import Hub

logger = logging.getLogger("narvi_desktop.server")
Callback = Callable[[], None]
_MAX_LAG = 5.0  # seconds late: this machine slept, or the loop hung


class MonitoringLoop:
    """Runs as one task for as long as the server does.

    Args:
        on_tick: called each second at least.
        before: called before each round of monitoring, to measure.
        after: called after each round, to tell who watches.
        enabled: without it the sessions are pinged, but no app is asked for metrics or told admin data.
    """

    def __init__(
        self,
        hub: Hub,
        on_tick: Iterable[Callback] = (),
        before: Iterable[Callback] = (),
        after: Iterable[Callback] = (),
        enabled: bool = True,
    ) -> None:
        self._hub = hub
        self._on_tick = tuple(on_tick)
        self._before = tuple(before)
        self._after = tuple(after)
        self._enabled = enabled

    async def run(self) -> None:
        """Run until cancelled."""
        settings, stats = self._hub.settings, self._hub.stats
        last = last_round = time.monotonic()
        pause = min(1.0, settings.monitoring_interval, settings.ping_after / 2)
        while True:
            before = time.monotonic()
            await asyncio.sleep(pause)
            now = time.monotonic()
            stats.lag = max(stats.lag, now - before - pause)
            # A machine that slept, or a loop that hung, says nothing about the other side.
            await self._ping(now, awake=now - last < _MAX_LAG)
            last = now
            if self._enabled and now - last_round >= settings.monitoring_interval:
                last_round = now
                self._round(now)
            for callback in self._on_tick:
                callback()

    async def _ping(self, now: float, awake: bool) -> None:
        for instance in list(self._hub.instances):
            for session in list(instance.sessions.values()):
                if session.needs_ping(now, awake):
                    # It may be closing, or not reading: the next looks at the time decide, not this error.
                    with contextlib.suppress(ConnectionError, TimeoutError, RuntimeError):
                        await asyncio.wait_for(session.socket.ping(), 0.1)

    def _round(self, now: float) -> None:
        _call_each(self._before)
        timestamp, rate = time.time(), 0.0
        for instance in self._hub.instances:
            if instance.running:
                instance.stats.sample(timestamp, now, len(instance.sessions))
                rate += instance.stats.rate
                instance.request_metrics()
        self._hub.stats.sample(timestamp, self._hub.session_count(), rate)
        for instance in list(self._hub.instances):
            if instance.wants_admin_data and instance.running:
                instance.send_admin_data()
        _call_each(self._after)


def _call_each(callbacks: Iterable[Callback]) -> None:
    for callback in callbacks:
        try:
            callback()
        except Exception:  # one that fails must not end the rounds of all
            logger.exception("a callback of the monitoring round failed")
