"""How checks are run and printed."""

from __future__ import annotations

from collections.abc import Iterator

from narvi_desktop.cli.doctor.checks import Check, run_checks
from narvi_desktop.cli.doctor.main import format_lines


def test_a_check_that_raises_and_how_lines_look() -> None:
    def fails() -> Iterator[Check]:
        yield Check("one", "first", "ok", "fine", "not shown")
        raise OSError("no paper")

    lines = list(format_lines(list(run_checks({"one": fails})), ascii_only=True))
    assert lines[0] == "o ok      one first  fine"
    assert lines[1] == "p problem one check  this check failed itself: OSError: no paper"
    assert lines[-1] == "1 problem found."
