"""Ask before a window closes: its page may hold it, and its app may want to know whether to go on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .evaluate import EvaluationTimeout, evaluate

_HOLD_TIMEOUT = 2.0  # seconds for a page to say whether it holds its window
_HOLD_SCRIPT = "(typeof globalThis.narvi_holds === 'function' ? globalThis.narvi_holds() : '')"
_TEXT_LIMIT = 300


class CloseConfirmation:
    """Answers the toolkit's question whether a window may close.

    The toolkit asks on its GUI thread, on which neither a page nor the user can be asked. So the first answer is no,
    a thread of ours asks them, and closes the window by `close` if it may.

    Args:
        close: closes a window; its second argument says whether to stop the app's service (None: as the app says).
    """

    def __init__(self, close: Callable[[Any, bool | None], None]) -> None:
        self._close = close
        # Ids of windows; changed on the GUI thread and on the asking threads, each change one atomic operation.
        self._confirmed: set[str] = set()
        self._asking: set[str] = set()

    def confirm(self, window: Any) -> None:
        """Let the next close through without asking."""
        self._confirmed.add(window.uid)

    def may_close(self, window: Any, title: str, ask_to_stop: bool) -> bool:
        """Return whether the window may close now. Called on the GUI thread; does not block.

        Args:
            ask_to_stop: ask the user whether the app's service goes on without a window.
        """
        if window.uid in self._confirmed:
            return True
        if window.uid not in self._asking:
            self._asking.add(window.uid)
            arguments = (window, title, ask_to_stop)
            threading.Thread(target=self._ask, args=arguments, name="narvi-close", daemon=True).start()
        return False

    def _ask(self, window: Any, title: str, ask_to_stop: bool) -> None:
        try:
            reason = str(evaluate(window, _HOLD_SCRIPT, _HOLD_TIMEOUT) or "")
        except EvaluationTimeout:
            reason = ""  # a page that hangs must not keep its window open
        try:
            question = f"{reason[:_TEXT_LIMIT]}\n\nClose it all the same?"
            if reason and _choose(window, title, question, ("&Close", "&Keep open")) != 0:
                return
            stop = None
            if ask_to_stop:
                labels = ("&Stop it", "&Let it go on", "&Cancel")
                choice = _choose(window, title, f"{title} can go on without a window.", labels)
                if labels[choice] == "&Cancel":
                    return
                stop = choice == 0
            self._confirmed.add(window.uid)
            self._close(window, stop)
        finally:
            self._asking.discard(window.uid)


def _choose(window: Any, title: str, text: str, labels: tuple[str, ...]) -> int:
    """Return the index of the button that the user presses; a toolkit with only OK and Cancel offers the first two."""
    choose = getattr(window.native, "choose", None)
    if choose is not None:
        return int(choose(title, text, labels))
    first, second = (label.replace("&", "") for label in labels[:2])
    question = f"{text}\n\nOK: {first}. Cancel: {second}."
    return 0 if window.create_confirmation_dialog(title, question) else 1
