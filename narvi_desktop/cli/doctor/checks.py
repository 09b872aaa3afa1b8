"""The result of a check, and how checks are run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "problem"]


@dataclass(frozen=True)
class Check:
    """The result of one check.

    Attributes:
        fix: what to do about it, if anything.
    """

    area: str
    name: str
    state: State
    found: str
    fix: str = ""


def run_checks(functions: Mapping[str, Callable[[], Iterable[Check]]]) -> Iterator[Check]:
    """Run the checks of each area; a check that raises becomes a problem of its own."""
    for area, function in functions.items():
        try:
            yield from function()
        except Exception as error:  # whatever is broken here, the other checks must go on
            found = f"this check failed itself: {type(error).__name__}: {error}"
            fix = "Please report it, with narvi-desktop doctor --report FILE.zip."
            yield Check(area, "check", "problem", found, fix)
