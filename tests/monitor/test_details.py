"""The details of one instance, in as many lines as there are."""

from __future__ import annotations

from typing import Any

import pytest

from narvi_desktop.monitor.details import draw_details
from narvi_desktop.monitor.glyphs import Glyphs
from narvi_desktop.monitor.snapshot import History
from tests.monitor.documents import document, instance, measured, service

KEY = ("notes", "notes", "main", 0)


def details(room: int, log: tuple[str, ...] = (), width: int = 80, **more: Any) -> list[str]:
    history = History()
    found = history.feed(document({"notes": {"notes": service({"main": [instance(**more)]})}})).find(KEY)
    assert found is not None
    return [line.plain.rstrip() for line in draw_details(found, history, log, width, room, Glyphs(True))]


def test_the_title_counts_what_has_happened() -> None:
    (title,) = details(1, restarts=2, measured=measured(errors=1))
    assert title.startswith("── notes  ● running  up 1m 05s  process 4711  1 error  2 restarts ─")


def test_a_metric_within_bounds_has_a_bar_and_bytes_have_their_unit() -> None:
    metrics = [[20.0, {"load": 5, "used": 2048, "mood": "calm"}]]
    metadata = {"load": {"min": 0, "max": 10, "colour": "red"}, "used": {"unit": "bytes/s"}}
    text = "\n".join(details(9, metrics=metrics, metrics_metadata=metadata))
    assert "████████░░░░░░░░" in text and "2.0K/s" in text and "calm" in text


def test_a_callback_that_has_not_returned_is_named() -> None:
    text = "\n".join(details(9, measured=measured(running={"name": "on_message", "seconds": 12})))
    assert "on_message has not returned for 12s" in text


@pytest.mark.parametrize("room", [1, 2, 3, 5, 40])
def test_every_part_gets_some_lines_and_of_the_log_the_last(room: int) -> None:
    error = "Traceback\n" * 9
    log = tuple(f"line {number}" for number in range(50))
    lines = details(room, log, sessions=9, measured=measured(last_error=error))
    assert len(lines) <= room
    if room >= 5:
        assert lines[1] == " Traceback" and lines[-1] == "line 49" and any("notes   " in line for line in lines)
