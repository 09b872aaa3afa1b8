"""Scripts in pages that answer, and in pages that do not."""

from __future__ import annotations

import pytest

from narvi_desktop.windows.evaluate import EvaluationTimeout, evaluate
from tests.windows.toolkit import FakeWindow, install


def test_the_value_of_a_script_is_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    window = FakeWindow(lambda script: script.upper())
    install(monkeypatch, window)
    assert evaluate(window, "answer", 60) == "ANSWER"


def test_a_page_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    window = FakeWindow()
    released = install(monkeypatch, window)
    with pytest.raises(EvaluationTimeout):
        evaluate(window, "answer", 0.01)
    released.set()
