"""The lines of `narvi-desktop status`."""

from __future__ import annotations

from narvi_desktop.cli.status import format_lines
from narvi_desktop.control.answers import StatusAnswer

ADMIN = {
    "desktop": {"runtime": {"instances": {"main": [{"state": "running", "sessions": []}]}, "not_running": {}}},
    "work": {
        "notes": {
            "instances": {"one": [{"state": "running", "sessions": [{}]}, {"state": "idle", "sessions": []}]},
            "not_running": {
                "two": {"state": "failed", "error": "ValueError: no\nmore"},
                "three": {"state": "failed", "error": ""},
            },
        }
    },
}


def test_a_line_for_each_instance() -> None:
    answer = StatusAnswer(7, "http://127.0.0.1:1", "1.0", {"work": "http://127.0.0.1:2"}, ADMIN, [])
    assert list(format_lines(answer)) == [
        "narvi-desktop 1.0 at http://127.0.0.1:1, process 7",
        "work/notes/one: running, 1 session at http://127.0.0.1:2",
        "work/notes/one: idle, 0 sessions at http://127.0.0.1:2",
        "work/notes/two: failed ValueError: no",
        "work/notes/three: failed",
    ]
