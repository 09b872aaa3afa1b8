"""The metrics callback on its own thread."""

from __future__ import annotations

import queue
from typing import Any

import pytest

from narvi_desktop.worker.link import Frame, Kind
from narvi_desktop.worker.metrics import MAX_METRICS, Metrics, checked_values


def make() -> tuple[Metrics, queue.Queue[Frame], list[str]]:
    frames: queue.Queue[Frame] = queue.Queue()
    errors: list[str] = []
    return Metrics(frames.put, lambda what, error: errors.append(what)), frames, errors


def test_values_come_with_their_metadata() -> None:
    metrics, frames, _ = make()
    metrics.request()  # without a callback nothing happens
    metrics.set(lambda: {"load": 0.5}, {"load": {"min": 0, "max": 1, "extra": ["x"]}})
    metrics.request()
    frame = frames.get(timeout=20)
    assert frame.kind is Kind.METRICS and frame.head["values"] == {"load": 0.5}
    assert frame.head["metadata"] == {"load": {"min": 0, "max": 1, "extra": ["x"]}}


def test_a_callback_that_fails_is_reported_and_asked_again() -> None:
    metrics, frames, errors = make()
    answers: list[Any] = [ValueError("no luck"), {"load": 1}]

    def callback() -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            metrics.request()  # the next round
            raise answer
        return answer

    metrics.set(callback, {})
    metrics.request()
    assert frames.get(timeout=20).head["values"] == {"load": 1}
    assert errors == ["the metrics callback failed"] and metrics.dropped == 1


def test_wrong_callback_and_metadata_are_errors_of_the_call() -> None:
    metrics, _, _ = make()
    wrong: Any = 3
    with pytest.raises(TypeError, match="callable"):
        metrics.set(wrong, {})
    with pytest.raises(TypeError, match="plain data"):
        metrics.set(lambda: None, {"load": {"min": object()}})


def test_only_finite_numbers_and_short_text_pass() -> None:
    values = {"a": 1, "b": 1.5, "c": "text", "d": True, "e": float("nan"), "f": [], "g": "x" * 1001, 3: 4}
    assert checked_values(values) == {"a": 1, "b": 1.5, "c": "text", "d": True}
    assert checked_values(None) == {}
    assert len(checked_values({str(number): number for number in range(200)})) == MAX_METRICS
