"""Evaluate JavaScript in a page with a time limit: the page may hang, or its process be dead."""

from __future__ import annotations

import queue
import threading
from typing import Any


class EvaluationTimeout(Exception):
    """The page did not answer in time."""


def evaluate(window: Any, script: str, seconds: float) -> Any:
    """Return the value of a script in a page. Never call it on the GUI thread: pywebview would wait for itself.

    Raises:
        EvaluationTimeout
    """
    import webview

    answers: queue.Queue[Any] = queue.Queue()

    def ask() -> None:
        # Not Window.evaluate_js: that waits until the page has loaded, and runs eval(), which a page may forbid.
        answers.put(webview.guilib.evaluate_js(script, window.uid, False) if webview.guilib is not None else None)

    # pywebview cannot be told to give up: a thread whose page never answers stays behind, as a daemon.
    threading.Thread(target=ask, name="narvi-evaluate", daemon=True).start()
    try:
        return answers.get(timeout=seconds)
    except queue.Empty:
        raise EvaluationTimeout from None
