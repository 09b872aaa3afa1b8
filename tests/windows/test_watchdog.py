"""A page that shows nothing is noticed, one that shows something is left alone."""

from __future__ import annotations

import queue

import pytest

from narvi_desktop.windows.watchdog import Watchdog
from tests.support.waiting import PATIENCE
from tests.windows.toolkit import FakeWindow, install


def test_a_blank_page_and_one_that_hangs_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    blank, hanging = FakeWindow(lambda script: "blank"), FakeWindow()
    released = install(monkeypatch, blank, hanging)
    found: queue.Queue[tuple[FakeWindow, str]] = queue.Queue()
    watchdog = Watchdog(0.05, lambda window, reason: found.put((window, reason)))
    watchdog.watch(blank)
    assert found.get(timeout=PATIENCE) == (blank, "The page has shown nothing for 0.05 seconds.")
    watchdog.watch(hanging)
    assert found.get(timeout=PATIENCE) == (hanging, "The page has not answered for 0.05 seconds.")
    released.set()


def test_shown_hidden_and_forgotten_pages_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, hidden = FakeWindow(lambda script: "shown"), FakeWindow(lambda script: "hidden")
    forgotten, replaced = FakeWindow(lambda script: "blank"), FakeWindow(lambda script: "blank")
    install(monkeypatch, shown, hidden, forgotten, replaced)
    found: queue.Queue[FakeWindow] = queue.Queue()
    watchdog = Watchdog(0.05, lambda window, reason: found.put(window))
    for window in (shown, hidden, forgotten, replaced):
        watchdog.watch(window)
    watchdog.forget(forgotten)
    watchdog.watch(replaced)
    # The last load of one window is reported, once; by then the time of the others is over.
    assert found.get(timeout=PATIENCE) is replaced
    assert found.empty()
