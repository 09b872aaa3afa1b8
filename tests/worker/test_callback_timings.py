"""How long callbacks take, by name."""

from __future__ import annotations

import functools

from narvi_desktop.worker.callback_timings import CallbackTimings, name_of


def test_count_median_and_worst() -> None:
    now = 0.0
    timings = CallbackTimings(lambda: now)
    for seconds in (1.0, 5.0, 2.0):
        timings.begin("on_message")
        now += seconds
        timings.end()
    assert timings.summary() == {"on_message": {"count": 3, "median": 2.0, "worst": 5.0, "recent_worst": 5.0}}


def test_what_runs_now_and_an_end_without_a_begin() -> None:
    now = 0.0
    timings = CallbackTimings(lambda: now)
    timings.end()
    assert timings.running() is None
    timings.begin("slow")
    now = 3.0
    assert timings.running() == ("slow", 3.0)


def test_recent_calls_and_names_are_bounded() -> None:
    timings = CallbackTimings(lambda: 0.0)
    for number in range(150):
        timings.begin(f"name {number}")
        timings.end()
        timings.begin("name 0")
        timings.end()
    summary = timings.summary()
    assert len(summary) == 100 and summary["name 0"]["count"] == 151


def test_names_of_callbacks() -> None:
    def on_message() -> None: ...

    assert name_of(on_message, "message") == "on_message"
    assert name_of(functools.partial(on_message), "message") == "on_message"
    assert name_of(lambda: None, "message") == "message"
