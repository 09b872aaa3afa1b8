"""The metrics callback, on a monitoring thread of its own so that it never delays messages."""

from __future__ import annotations

import json
import math
import threading
import time
from typing import Any, Callable

from .link import Frame, Kind

MAX_METRICS = 100
_MAX_TEXT = 1000


class Metrics:
    """Asked by the runtime at its interval; a callback that still runs is not asked again."""

    def __init__(self, emit: Callable[[Frame], None], report: Callable[[str, BaseException], object]) -> None:
        self._emit = emit
        self._report = report
        self._callback: Callable[[], dict[str, Any] | None] | None = None
        self._metadata: dict[str, Any] = {}
        self.dropped = 0
        self._requested = threading.Event()
        self._thread: threading.Thread | None = None

    def set(self, callback: Callable[[], dict[str, Any] | None], metadata: dict[str, dict[str, Any]]) -> None:
        if not callable(callback):
            raise TypeError(f"callback must be callable, not {type(callback).__name__}")
        try:
            self._metadata = json.loads(json.dumps(metadata or {}, allow_nan=False))
        except (TypeError, ValueError, RecursionError) as error:
            raise TypeError(f"metrics_metadata must be plain data: {error}") from None
        self._callback = callback

    def request(self) -> None:
        """Have the callback called once. Called by the thread that reads the link, so it only sets an event."""
        if self._callback is None:
            return
        if self._thread is None:
            # A daemon: a callback that blocks for good must not hold the process.
            self._thread = threading.Thread(target=self._rounds, name="narvi-metrics", daemon=True)
            self._thread.start()
        self._requested.set()

    def _rounds(self) -> None:
        while True:
            self._requested.wait()
            self._requested.clear()
            try:
                assert self._callback is not None
                values = self._callback()
                if hasattr(values, "__await__"):
                    import asyncio  # only for services with an async metrics callback

                    values = asyncio.run(_awaited(values))
                checked = checked_values(values)
                self.dropped += len(values or ()) - len(checked)
            except BaseException as error:  # app code
                self._report("the metrics callback failed", error)
                self.dropped += 1
                continue
            if checked:
                head = {"time": time.time(), "values": checked, "metadata": self._metadata}
                self._emit(Frame(Kind.METRICS, 0, head))


async def _awaited(awaitable: Any) -> Any:
    return await awaitable


def checked_values(values: Any) -> dict[str, Any]:
    """Return the metrics that are finite numbers or short text, at most 100; the rest is dropped."""
    checked: dict[str, Any] = {}
    for name, value in (values or {}).items():
        if isinstance(name, str) and len(checked) < MAX_METRICS and _is_plain(value):
            checked[name] = value
    return checked


def _is_plain(value: Any) -> bool:
    if isinstance(value, (bool, str)):
        return len(str(value)) <= _MAX_TEXT
    try:
        return isinstance(value, (int, float)) and math.isfinite(value)
    except OverflowError:
        return False  # an int that is larger than any float
