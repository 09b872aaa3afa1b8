"""How long an app's callbacks take, by name, and which one runs now."""

from __future__ import annotations

import time
from typing import Any, Callable

_RECENT = 100  # calls that the median is taken of
_MAX_NAMES = 100


class CallbackTimings:
    """Timings by callback name. The app's thread calls begin and end; the thread that reads the link reads them.

    No lock: each value is replaced as a whole or read by one operation, and the numbers need not be exact.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._entries: dict[str, _Entry] = {}
        self._running: tuple[str, float] | None = None

    def begin(self, name: str) -> None:
        self._running = (name, self._clock())

    def end(self) -> None:
        running, self._running = self._running, None
        if running is None:
            return
        name, since = running
        entry = self._entries.get(name)
        if entry is None:
            if len(self._entries) >= _MAX_NAMES:
                return
            entry = self._entries[name] = _Entry()
        entry.add(self._clock() - since)

    def running(self) -> tuple[str, float] | None:
        """Name and seconds of the callback that runs now."""
        running = self._running
        return None if running is None else (running[0], self._clock() - running[1])

    def summary(self) -> dict[str, dict[str, Any]]:
        """For each name: count, median and worst of the last hundred calls, worst of all; seconds."""
        return {name: entry.summary() for name, entry in list(self._entries.items())}


class _Entry:
    def __init__(self) -> None:
        self.count = 0
        self.worst = 0.0
        # A ring that is only ever assigned to, so that another thread may sort a copy of it.
        self.recent: list[float] = []

    def add(self, seconds: float) -> None:
        if len(self.recent) < _RECENT:
            self.recent.append(seconds)
        else:
            self.recent[self.count % _RECENT] = seconds
        self.count += 1
        self.worst = max(self.worst, seconds)

    def summary(self) -> dict[str, Any]:
        recent = sorted(self.recent)
        median = recent[len(recent) // 2] if recent else 0.0
        return {"count": self.count, "median": median, "worst": self.worst, "recent_worst": max(recent, default=0.0)}


def name_of(callback: Any, event: str) -> str:
    """Return a callback's function name, or its event if it has none."""
    name = getattr(callback, "__name__", "") or getattr(getattr(callback, "func", None), "__name__", "")
    return event if name in ("", "<lambda>") else str(name)[:100]
