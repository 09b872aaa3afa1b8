"""The monitor where nothing can be drawn over: in a pipe, and on a terminal that only prints."""

from __future__ import annotations

import os
import sys
from typing import Any

from rich.console import Console

from .glyphs import Glyphs
from .render import draw, draw_waiting
from .snapshot import History
from .state import State

_WIDTH = 120  # of a pipe, which has none


def make_console() -> Console:
    return Console(highlight=False)


def can_be_drawn(console: Console) -> bool:
    """Whether there are a screen and keys."""
    return console.is_terminal and not console.is_dumb_terminal and sys.stdin.isatty()


def print_frame(console: Console, document: dict[str, Any] | None) -> None:
    """A frame as high as it needs; None: there is no runtime."""
    glyphs = Glyphs.of_encoding(console.encoding)
    width = console.width if console.is_terminal or os.environ.get("COLUMNS") else _WIDTH
    if document is None:
        lines = draw_waiting(width, 6, glyphs)[:-1]
    else:
        history = History()
        snapshot = history.feed(document)
        lines = draw(snapshot, State(), history, [], width, len(snapshot.instances) + 16, glyphs)[:-1]
    while lines and not lines[-1].plain.strip():
        lines.pop()
    for line in lines:
        line.rstrip()
        console.print(line, soft_wrap=True)
