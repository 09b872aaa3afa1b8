"""Where a window stands, and how it is made to fit the screens that exist now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from narvi_desktop.state.window_geometry import PLACE as PLACE
from narvi_desktop.state.window_geometry import sanitize as sanitize

_GRIP = 48  # pixels of a window's top edge that must be on a screen, so that a hand can move it
_SMALLEST = 200
_STEP = 32  # between windows of one app


class Rect(NamedTuple):
    """Pixels of the desktop; x and y of the frame's corner, width and height of the content."""

    x: int
    y: int
    width: int
    height: int


def clamp(rect: Rect, screens: Sequence[Rect]) -> Rect:
    """The nearest place on which the window can be seen and moved; unchanged where it can be already."""
    if not screens:
        return rect
    screen = max(screens, key=lambda screen: _shared(rect, screen))
    width = max(min(rect.width, screen.width), min(_SMALLEST, screen.width))
    height = max(min(rect.height, screen.height), min(_SMALLEST, screen.height))
    x = min(max(rect.x, screen.x - width + _GRIP), screen.x + screen.width - _GRIP)
    y = min(max(rect.y, screen.y), screen.y + screen.height - _GRIP)
    if _shared(rect, screen) <= 0:  # its screen is gone: whole onto one that is there
        x = min(max(rect.x, screen.x), screen.x + screen.width - width)
        y = min(max(rect.y, screen.y), screen.y + screen.height - height)
    return Rect(x, y, width, height)


def cascade(place: Mapping[str, Any], others: int) -> dict[str, Any]:
    """The place of one more window of the same app: a step down and to the right."""
    moved = dict(place)
    if others and "x" in moved:
        moved |= {"x": moved["x"] + _STEP * others, "y": moved["y"] + _STEP * others, "maximized": False}
    return moved


def _shared(first: Rect, second: Rect) -> int:
    """The area that both cover; below 0: how far they are apart."""
    width = min(first.x + first.width, second.x + second.width) - max(first.x, second.x)
    height = min(first.y + first.height, second.y + second.height) - max(first.y, second.y)
    return width * height if width > 0 and height > 0 else min(width, 0) + min(height, 0)
