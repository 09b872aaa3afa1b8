"""Notices a page that shows nothing after it was loaded, so that no window stays white."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from .evaluate import EvaluationTimeout, evaluate

_INTERVAL = 0.5  # seconds between two looks
_ANSWER_TIMEOUT = 1.0
# Whether something was painted. A page that is not visible paints nothing, which is no fault.
_PAINTED_SCRIPT = """(document.hidden ? "hidden" : performance.getEntriesByType("paint").length
  || document.querySelector("canvas, video, iframe, embed") ? "shown" : "blank")"""


class Watchdog:
    """Watches each load of a page, on a thread of its own that ends as soon as something is shown.

    Args:
        limit: seconds until a page must have shown something.
        on_blank: called on the watching thread with the window and a sentence that says what is wrong.
    """

    def __init__(self, limit: float, on_blank: Callable[[Any, str], None]) -> None:
        self._limit = limit
        self._on_blank = on_blank
        # The number of the newest load by window: a thread that watches an older one has nothing to say any more.
        self._loads: dict[Any, int] = {}

    def watch(self, window: Any) -> None:
        """Watch the page that has begun to load, and no other one of this window."""
        self._loads[window.uid] = load = self._loads.get(window.uid, 0) + 1
        threading.Thread(target=self._watch, args=(window, load), name="narvi-watchdog", daemon=True).start()

    def forget(self, window: Any) -> None:
        """Stop watching: the window is closed, or its page is known to have failed."""
        self._loads[window.uid] = self._loads.get(window.uid, 0) + 1

    def _watch(self, window: Any, load: int) -> None:
        deadline = time.monotonic() + self._limit
        answer = "blank"
        while (remaining := deadline - time.monotonic()) > 0:
            try:
                # Asked repeatedly: a page that is replaced by the next one never answers.
                answer = str(evaluate(window, _PAINTED_SCRIPT, min(remaining, _ANSWER_TIMEOUT)))
            except EvaluationTimeout:
                answer = "timeout"
            if self._loads.get(window.uid) != load or answer in ("shown", "hidden"):
                return
            time.sleep(min(_INTERVAL, max(remaining, 0)))
        problem = "has not answered" if answer == "timeout" else "has shown nothing"
        if self._loads.get(window.uid) == load:
            self._on_blank(window, f"The page {problem} for {self._limit:g} seconds.")
