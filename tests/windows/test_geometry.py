"""Places: clamped to the screens that exist, and what is no good is left out."""

from __future__ import annotations

import pytest

from narvi_desktop.state.window_geometry import Geometry
from narvi_desktop.windows.geometry import Rect, cascade, clamp

ONE = [Rect(0, 0, 1280, 800)]
TWO = [Rect(0, 0, 1280, 800), Rect(1280, 0, 1920, 1080)]


@pytest.mark.parametrize(
    ("rect", "screens", "wanted"),
    [
        (Rect(100, 50, 900, 640), ONE, Rect(100, 50, 900, 640)),
        (Rect(1500, 100, 900, 640), TWO, Rect(1500, 100, 900, 640)),  # the second screen
        (Rect(1500, 100, 900, 640), ONE, Rect(380, 100, 900, 640)),  # which is gone
        (Rect(-5000, -5000, 900, 640), ONE, Rect(0, 0, 900, 640)),
        (Rect(1270, 100, 900, 640), ONE, Rect(1232, 100, 900, 640)),  # a grip stays on the screen
        (Rect(100, -30, 900, 640), ONE, Rect(100, 0, 900, 640)),  # the title bar stays below its top
        (Rect(0, 0, 5000, 5000), ONE, Rect(0, 0, 1280, 800)),
        (Rect(10, 10, 300, 300), [], Rect(10, 10, 300, 300)),
    ],
)
def test_clamp(rect: Rect, screens: list[Rect], wanted: Rect) -> None:
    assert clamp(rect, screens) == wanted
    assert clamp(wanted, screens) == wanted


def test_one_more_window_stands_a_step_away() -> None:
    geometry = Geometry(10, 20, 300, 300, maximized=True)
    assert cascade(geometry, 0) == geometry
    assert cascade(geometry, 2) == Geometry(74, 84, 300, 300)
    assert cascade(Geometry(), 3) == Geometry()
