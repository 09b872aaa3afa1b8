"""What one check of the doctor says, and how a failing one becomes a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "problem"]


@dataclass(frozen=True)
class Check:
    """One line.

    Attributes:
        fix: what to do, where there is something to do.
    """

    area: str
    name: str
    state: State
    found: str
    fix: str = ""


Look = Callable[[], Iterator[Check]]


def run(looks: dict[str, Look]) -> Iterator[Check]:
    """All checks, by area; one that fails itself is a line too."""
    for area, look in looks.items():
        try:
            yield from look()
        except Exception as error:  # a doctor must not die of what it finds
            said = f"this check failed itself: {type(error).__name__}: {error}"
            fix = "Please report it, with narvi-desktop doctor --report FILE.zip."
            yield Check(area, "check", "problem", said, fix)
