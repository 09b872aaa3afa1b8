"""Asking a page something, from a thread that must not wait for ever: a page may hang, or its process be dead."""

from __future__ import annotations

import queue
import threading
from typing import Any


class EvaluationTimeout(Exception):
    """The page has not answered in time."""


def evaluate(window: Any, script: str, seconds: float) -> Any:
    """The value of a script in a page; never on the GUI thread, where pywebview would wait for itself.

    Raises:
        EvaluationTimeout
    """
    import webview

    answers: queue.Queue[Any] = queue.Queue()

    def ask() -> None:
        # Not Window.evaluate_js: it waits until the page has loaded, and a page's own rules may forbid its eval.
        answers.put(webview.guilib.evaluate_js(script, window.uid, False) if webview.guilib is not None else None)

    # A daemon, and left behind when the page never answers: pywebview cannot call it back.
    threading.Thread(target=ask, name="narvi-ask", daemon=True).start()
    try:
        return answers.get(timeout=seconds)
    except queue.Empty:
        raise EvaluationTimeout from None
