"""The monitor where nothing can be drawn over: in a pipe, and on a terminal that only prints."""

from __future__ import annotations

import os
import sys
from typing import Any

from rich.console import Console

from .marks import Marks
from .snapshot import History
from .terminal import draw, draw_waiting
from .view import View

_WIDTH = 120  # of a pipe, which has none


def console() -> Console:
    return Console(highlight=False)


def can_be_drawn(on: Console) -> bool:
    """Whether there are a screen and keys."""
    return on.is_terminal and not on.is_dumb_terminal and sys.stdin.isatty()


def print_frame(on: Console, document: dict[str, Any] | None) -> None:
    """A frame as high as it needs; None: there is no runtime."""
    marks = Marks.of_encoding(on.encoding)
    width = on.width if on.is_terminal or os.environ.get("COLUMNS") else _WIDTH
    if document is None:
        lines = draw_waiting(width, 6, marks)[:-1]
    else:
        history = History()
        snapshot = history.feed(document)
        lines = draw(snapshot, View(), history, [], width, len(snapshot.instances) + 16, marks)[:-1]
    while lines and not lines[-1].plain.strip():
        lines.pop()
    for line in lines:
        line.rstrip()
        on.print(line, soft_wrap=True)
