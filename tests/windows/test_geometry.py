"""Places: clamped to the screens that exist, and what is no good is left out."""

from __future__ import annotations

import math

import pytest

from narvi_desktop.windows.geometry import Rect, cascade, clamp, sanitize

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
    place = {"x": 10, "y": 20, "width": 300, "height": 300, "maximized": True}
    assert cascade(place, 0) == place
    assert cascade(place, 2) == place | {"x": 74, "y": 84, "maximized": False}
    assert cascade({}, 3) == {}


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ({"x": 1, "y": 2, "width": 300, "height": 400, "zoom": 1.5}, {"x": 1, "y": 2, "width": 300, "height": 400}),
        ({"x": 1, "y": 2, "width": 300}, {}),
        ({"x": "1", "y": 2, "width": 300, "height": 400}, {}),
        ({"x": 1, "y": 2, "width": 3, "height": 400}, {}),
        ({"x": 10**9, "y": 2, "width": 300, "height": 400}, {}),
        ("nonsense", {}),
    ],
)
def test_what_is_no_good_is_left_out(place: object, wanted: dict[str, int]) -> None:
    found = sanitize(place)
    assert {name: value for name, value in found.items() if name not in ("maximized", "zoom")} == wanted


@pytest.mark.parametrize(("zoom", "kept"), [(1.5, True), (0.1, False), (9, False), (math.nan, False), ("1", False)])
def test_zoom_is_within_bounds(zoom: object, kept: bool) -> None:
    assert ("zoom" in sanitize({"zoom": zoom})) is kept
