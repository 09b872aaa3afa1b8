"""What it means that a person closes a window: a page may hold it, and an app may ask whether it goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .evaluate import EvaluationTimeout, evaluate

_PATIENCE = 2.0  # seconds for a page to say whether it holds its window
_HELD = "(typeof globalThis.narvi_holds === 'function' ? globalThis.narvi_holds() : '')"


class CloseConfirmation:
    """The toolkit asks on its GUI thread, where a page cannot be asked: so the answer is no, and a thread asks.

    Args:
        close: closes a window; called with whether its service is to be stopped (None: as its app says).
    """

    def __init__(self, close: Callable[[Any, bool | None], None]) -> None:
        self._close = close
        self._sure: set[str] = set()
        self._asking: set[str] = set()

    def make_sure(self, window: Any) -> None:
        """The next close is meant: nobody is asked."""
        self._sure.add(window.uid)

    def wanted(self, window: Any, title: str, ask: bool) -> bool:
        """On the GUI thread: whether the window may close now.

        Args:
            ask: whether the person is to be asked if the app goes on without a window.
        """
        if window.uid in self._sure:
            return True
        if window.uid not in self._asking:
            self._asking.add(window.uid)
            arguments = (window, title, ask)
            threading.Thread(target=self._ask, args=arguments, name="narvi-closing", daemon=True).start()
        return False

    def _ask(self, window: Any, title: str, ask: bool) -> None:
        try:
            held = str(evaluate(window, _HELD, _PATIENCE) or "")
        except EvaluationTimeout:
            held = ""  # a page that hangs must not hold its window
        try:
            question = f"{held[:300]}\n\nClose it all the same?"
            if held and _choose(window, title, question, ("&Close", "&Keep open")) != 0:
                return
            stop = None
            if ask:
                labels = ("&Stop it", "&Let it go on", "&Cancel")
                chosen = _choose(window, title, f"{title} can go on without a window.", labels)
                if labels[chosen] == "&Cancel":
                    return
                stop = chosen == 0
            self._sure.add(window.uid)
            self._close(window, stop)
        finally:
            self._asking.discard(window.uid)


def _choose(window: Any, title: str, text: str, labels: tuple[str, ...]) -> int:
    """Which button a person chooses. Where the toolkit has only OK and Cancel: the first, or the second."""
    choose = getattr(window.native, "choose", None)
    if choose is not None:
        return int(choose(title, text, labels))
    first, second = (label.replace("&", "") for label in labels[:2])
    question = f"{text}\n\nOK: {first}. Cancel: {second}."
    return 0 if window.create_confirmation_dialog(title, question) else 1
