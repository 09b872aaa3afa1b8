"""Print the monitor where it cannot draw over what it has drawn: into a pipe, and on a terminal without a cursor."""

from __future__ import annotations

import os
import sys
from typing import Any

from rich.console import Console

from .glyphs import Glyphs
from .render import draw, draw_waiting
from .snapshot import History
from .state import State

_PIPE_WIDTH = 120


def make_console() -> Console:
    return Console(highlight=False)


def can_be_drawn(console: Console) -> bool:
    """Return whether there are a screen to draw on and keys to read."""
    return console.is_terminal and not console.is_dumb_terminal and sys.stdin.isatty()


def print_frame(console: Console, document: dict[str, Any] | None) -> None:
    """Print one frame, as high as it needs to be. A document that is None says that there is no runtime."""
    glyphs = Glyphs.of_encoding(console.encoding)
    width = console.width if console.is_terminal or os.environ.get("COLUMNS") else _PIPE_WIDTH
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
