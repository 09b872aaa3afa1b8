"""Who is asked before a window closes, and what the answers mean."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

import pytest

from narvi_desktop.windows.close_confirmation import CloseConfirmation
from tests.support.waiting import PATIENCE
from tests.windows.toolkit import FakeWindow, install


class Native:
    """A toolkit that shows buttons; `press` chooses one of the labels."""

    def __init__(self, press: Callable[[str, tuple[str, ...]], str]) -> None:
        self._press = press
        self.texts: queue.Queue[str] = queue.Queue()

    def choose(self, title: str, text: str, labels: tuple[str, ...]) -> int:
        self.texts.put(text)
        return labels.index(self._press(text, labels))


def confirmation() -> tuple[CloseConfirmation, queue.Queue[tuple[Any, bool | None]]]:
    closed: queue.Queue[tuple[Any, bool | None]] = queue.Queue()
    return CloseConfirmation(lambda window, stop: closed.put((window, stop))), closed


def test_a_page_that_holds_nothing_closes_without_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    window = FakeWindow(lambda script: "")
    install(monkeypatch, window)
    closing, closed = confirmation()
    assert closing.may_close(window, "Notes", ask_to_stop=False) is False  # the page is asked on a thread
    assert closed.get(timeout=PATIENCE) == (window, None)
    assert closing.may_close(window, "Notes", ask_to_stop=False) is True


def test_a_page_that_holds_its_window_leaves_it_to_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["&Keep open", "&Close"])
    window = FakeWindow(lambda script: "Two words are not saved.")
    window.native = native = Native(lambda text, labels: next(answers))
    install(monkeypatch, window)
    closing, closed = confirmation()
    assert not closing.may_close(window, "Notes", ask_to_stop=False)
    assert native.texts.get(timeout=PATIENCE).startswith("Two words are not saved.\n\n")
    while closing._asking:  # the thread that asks is about to end
        assert closed.empty()
    assert not closing.may_close(window, "Notes", ask_to_stop=False)
    assert closed.get(timeout=PATIENCE) == (window, None)


@pytest.mark.parametrize(("label", "stop"), [("&Stop it", True), ("&Let it go on", False)])
def test_an_app_may_want_to_know_whether_it_goes_on(monkeypatch: pytest.MonkeyPatch, label: str, stop: bool) -> None:
    window = FakeWindow(lambda script: "")
    window.native = Native(lambda text, labels: label)
    install(monkeypatch, window)
    closing, closed = confirmation()
    closing.may_close(window, "Notes", ask_to_stop=True)
    assert closed.get(timeout=PATIENCE) == (window, stop)


def test_a_toolkit_without_buttons_asks_with_ok_and_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    window = FakeWindow(lambda script: "unsaved")
    install(monkeypatch, window)
    closing, closed = confirmation()
    closing.may_close(window, "Notes", ask_to_stop=False)
    assert closed.get(timeout=PATIENCE) == (window, None)
    (call,) = window.calls
    assert call[:2] == ("confirm", "Notes") and call[2].endswith("OK: Close. Cancel: Keep open.")


def test_a_window_that_was_confirmed_closes_at_once() -> None:
    window = FakeWindow()
    closing, _ = confirmation()
    closing.confirm(window)
    assert closing.may_close(window, "Notes", ask_to_stop=True) is True
