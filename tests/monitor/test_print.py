"""A frame that is printed: into a pipe, and on a terminal of some width."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from narvi_desktop.monitor.print import can_be_drawn, print_frame
from tests.monitor.documents import document, instance, service


def printed(told: object, terminal: bool = False, width: int | None = None) -> list[str]:
    output = io.StringIO()
    console = Console(file=output, force_terminal=terminal, width=width, color_system=None, highlight=False)
    print_frame(console, told)  # type: ignore[arg-type]
    return output.getvalue().splitlines()


def test_a_frame_in_a_pipe_is_wide_and_has_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)  # set for whoever runs the tests in parallel
    lines = printed(document({"notes": {"notes": service({"main": [instance()]})}}))
    assert lines[0].startswith("narvi-desktop 1.2.3") and "\x1b" not in "\n".join(lines)
    assert "slowest callback" in lines[2] and "rest" in lines[2].split()
    assert lines[-1].strip()


def test_a_frame_on_a_narrow_terminal_fits() -> None:
    lines = printed(document({"notes": {"notes": service({"main": [instance()]})}}), terminal=True, width=40)
    assert all(len(line) <= 40 for line in lines)


def test_without_a_runtime_it_says_so() -> None:
    assert any("It is not running" in line for line in printed(None))


def test_a_pipe_cannot_be_drawn_on() -> None:
    assert not can_be_drawn(Console(file=io.StringIO()))
