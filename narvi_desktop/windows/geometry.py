"""How a window is placed: on a screen that exists now, and not on top of another window of its app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from narvi_desktop.state.window_geometry import Geometry

_GRIP = 48  # pixels of a window's top edge that must be on a screen, so that it can be dragged
_MIN_LENGTH = 200
_STEP = 32  # pixels between windows of one app


class Rect(NamedTuple):
    """Pixels of the desktop; x and y of the frame's corner, width and height of the content."""

    x: int
    y: int
    width: int
    height: int


def clamp(rect: Rect, screens: Sequence[Rect]) -> Rect:
    """Return the nearest rectangle that can be seen and dragged; the same one where that is so already."""
    if not screens:
        return rect
    screen = max(screens, key=lambda screen: _overlap(rect, screen))
    width = max(min(rect.width, screen.width), min(_MIN_LENGTH, screen.width))
    height = max(min(rect.height, screen.height), min(_MIN_LENGTH, screen.height))
    x = min(max(rect.x, screen.x - width + _GRIP), screen.x + screen.width - _GRIP)
    y = min(max(rect.y, screen.y), screen.y + screen.height - _GRIP)
    if _overlap(rect, screen) <= 0:  # its screen was unplugged: move all of it onto one that is there
        x = min(max(rect.x, screen.x), screen.x + screen.width - width)
        y = min(max(rect.y, screen.y), screen.y + screen.height - height)
    return Rect(x, y, width, height)


def cascade(geometry: Geometry, others: int) -> Geometry:
    """Place one more window of the same app: a step down and to the right for each of the others."""
    if not others or geometry.x is None or geometry.y is None:
        return geometry
    return replace(geometry, x=geometry.x + _STEP * others, y=geometry.y + _STEP * others, maximized=False)


def _overlap(first: Rect, second: Rect) -> int:
    """Return the area that both cover; below 0 it says how far they are apart."""
    width = min(first.x + first.width, second.x + second.width) - max(first.x, second.x)
    height = min(first.y + first.height, second.y + second.height) - max(first.y, second.y)
    return width * height if width > 0 and height > 0 else min(width, 0) + min(height, 0)
