"""What the runtime measures of one instance: traffic, errors, callback times, CPU and memory, over time."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

_SILENT = 1.0  # seconds that a worker may take to answer; its reader always reads


@dataclass
class Traffic:
    """Counts since the start; bytes are those of messages, without framing."""

    messages_in: int = 0
    messages_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0

    def count_in(self, size: int) -> None:
        self.messages_in += 1
        self.bytes_in += size

    def count_out(self, size: int) -> None:
        self.messages_out += 1
        self.bytes_out += size

    @property
    def messages(self) -> int:
        return self.messages_in + self.messages_out


class SampleHistory:
    """Samples over time, newest first; `count` is how many there ever were, so a reader can ask for what is new."""

    def __init__(self, limit: int | None = None) -> None:
        self.count = 0
        self._samples: deque[tuple[float, dict[str, Any]]] = deque(maxlen=limit)

    def __len__(self) -> int:
        return len(self._samples)

    def add(self, timestamp: float, values: dict[str, Any]) -> None:
        self._samples.appendleft((timestamp, values))
        self.count += 1

    def drop_older(self, limit: float) -> None:
        while self._samples and self._samples[-1][0] < limit:
            self._samples.pop()

    def newest(self, limit: int | None = None) -> list[list[Any]]:
        """Return the newest samples as [[time, values], …]."""
        return [[timestamp, values] for timestamp, values in islice(self._samples, limit)]


class HistoryCursor:
    """Remembers what a reader has got of each history, and takes only what is new."""

    def __init__(self) -> None:
        self._counts: WeakKeyDictionary[SampleHistory, int] = WeakKeyDictionary()

    def __call__(self, history: SampleHistory) -> list[list[Any]]:
        new = history.count - self._counts.get(history, 0)
        self._counts[history] = history.count
        return history.newest(new)


class InstanceStats:
    """The numbers of one instance. A worker reports at each round: a callback between two rounds may go unseen.

    Args:
        rounds: how many are kept.
    """

    def __init__(self, rounds: int) -> None:
        self.traffic = Traffic()
        self.requests = 0
        self.errors = 0
        self.last_error = ""
        self.metrics_dropped = 0
        self.inbox = 0
        self.callbacks: dict[str, dict[str, Any]] = {}
        self.cpu: float | None = None  # percent of one core; None for what has no process of its own
        self.memory: int | None = None  # bytes, resident
        self.rate = 0.0  # messages per second, in and out
        self.history = SampleHistory(rounds)
        self._running: tuple[str, float] | None = None
        self._updated = 0.0
        self._requested: float | None = None
        self._last: tuple[float, int] | None = None

    def mark_requested(self, now: float) -> None:
        if self._requested is None:
            self._requested = now

    def update(self, head: dict[str, Any], inbox: int, now: float) -> None:
        """Store what the worker reports about itself."""
        self._requested, self._updated, self.inbox = None, now, inbox
        self.callbacks = head["callbacks"]
        self.errors, self.last_error = head["errors"], head["last_error"]
        self.metrics_dropped = head["metrics_dropped"]
        running = head["running"]
        self._running = None if running is None else (running[0], running[1])

    def running_callback(self, now: float) -> tuple[str, float] | None:
        """Return the callback that runs now and for how many seconds; "no answer" for a worker that is silent."""
        if self._running is not None:
            return self._running[0], self._running[1] + now - self._updated
        silent = 0.0 if self._requested is None else now - self._requested
        return ("no answer", silent) if silent >= _SILENT else None

    def sample(self, clock: float, now: float, sessions: int) -> None:
        """Add a sample to the history.

        Args:
            clock: Unix time, for who draws it.
            now: monotonic.
        """
        messages = self.traffic.messages
        if self._last is not None and now > self._last[0]:
            self.rate = (messages - self._last[1]) / (now - self._last[0])
        self._last = now, messages
        values = {"messages": round(self.rate, 2), "sessions": sessions}
        if self.cpu is not None and self.memory is not None:
            values |= {"cpu": round(self.cpu, 2), "memory": self.memory}
        self.history.add(clock, values)

    def as_dict(self, now: float) -> dict[str, Any]:
        """Return all numbers as JSON types."""
        running = self.running_callback(now)
        return {
            **asdict(self.traffic),
            "requests": self.requests,
            "errors": self.errors,
            "last_error": self.last_error,
            "metrics_dropped": self.metrics_dropped,
            "messages_per_second": round(self.rate, 2),
            "cpu": self.cpu,
            "memory": self.memory,
            "inbox": self.inbox,
            "callbacks": self.callbacks,
            "running": None if running is None else {"name": running[0], "seconds": round(running[1], 3)},
        }


class RuntimeStats:
    """The numbers of the runtime itself, as metrics like those of an app."""

    METADATA: ClassVar[dict[str, dict[str, Any]]] = {
        "cpu": {"min": 0, "max": 100, "colour": "#c2611f", "unit": "%"},
        "memory": {"min": 0, "colour": "#4a7a8c", "unit": "bytes"},
        "lag": {"min": 0, "max": 0.1, "colour": "#9a4a12", "unit": "s"},
        "sessions": {"min": 0, "colour": "#5a7d3a"},
        "messages": {"min": 0, "colour": "#7a5a9a", "unit": "1/s"},
    }

    def __init__(self, rounds: int) -> None:
        self.started = time.monotonic()
        self.cpu: float | None = None
        self.memory: int | None = None
        self.lag = 0.0  # seconds that the loop was late, the worst since the last round
        self.history = SampleHistory(rounds)

    def sample(self, clock: float, sessions: int, rate: float) -> None:
        values: dict[str, Any] = {"lag": round(self.lag, 4), "sessions": sessions, "messages": round(rate, 2)}
        if self.cpu is not None and self.memory is not None:
            values |= {"cpu": round(self.cpu, 2), "memory": self.memory}
        self.history.add(clock, values)
        self.lag = 0.0
