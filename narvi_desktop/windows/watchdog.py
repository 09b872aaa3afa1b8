"""No white window: who finds that a page shows nothing says so, and the window gets another page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from .evaluate import EvaluationTimeout, evaluate

_LOOKS_EVERY = 0.5
_ANSWERS_WITHIN = 1.0
# What has been painted; a page that nobody sees paints nothing, and that is no fault.
_SHOWN = """(document.hidden ? "hidden" : performance.getEntriesByType("paint").length
  || document.querySelector("canvas, video, iframe, embed") ? "shown" : "blank")"""


class Watchdog:
    """One thread for each load of a page, which ends when something is shown.

    Args:
        limit: seconds until a page must have shown something.
        on_blank: called with the window and what is wrong.
    """

    def __init__(self, limit: float, on_blank: Callable[[Any, str], None]) -> None:
        self._limit = limit
        self._on_blank = on_blank
        self._loads: dict[Any, int] = {}

    def watch(self, window: Any) -> None:
        """A page has begun to load; what was watched before is forgotten."""
        self._loads[window.uid] = number = self._loads.get(window.uid, 0) + 1
        threading.Thread(target=self._watch, args=(window, number), name="narvi-watchdog", daemon=True).start()

    def forget(self, window: Any) -> None:
        """It is closed, or known to be gone."""
        self._loads[window.uid] = self._loads.get(window.uid, 0) + 1

    def _watch(self, window: Any, number: int) -> None:
        until = time.monotonic() + self._limit
        last = "blank"
        while (left := until - time.monotonic()) > 0:
            try:
                # Asked again and again: a page that gives way to the next takes its answer along.
                last = str(evaluate(window, _SHOWN, min(left, _ANSWERS_WITHIN)))
            except EvaluationTimeout:
                last = "silent"
            if self._loads.get(window.uid) != number or last in ("shown", "hidden"):
                return
            time.sleep(min(_LOOKS_EVERY, max(left, 0)))
        how = "has not answered" if last == "silent" else "has shown nothing"
        if self._loads.get(window.uid) == number:
            self._on_blank(window, f"The page {how} for {self._limit:g} seconds.")
