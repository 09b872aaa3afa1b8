"""The geometry of windows: read from a file that may hold anything, and the newest ones kept."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from narvi_desktop.state.names import WindowKey
from narvi_desktop.state.window_geometry import Geometry, WindowGeometryStore, sanitize

KEY = WindowKey("notes", "notes", "main")


@pytest.mark.parametrize(
    ("value", "rect"),
    [
        ({"x": 1, "y": 2, "width": 300, "height": 400, "zoom": 1.5}, (1, 2, 300, 400)),
        ({"x": -20, "y": -2, "width": 300, "height": 400}, (-20, -2, 300, 400)),
        ({"x": 1, "y": 2, "width": 300}, None),
        ({"x": "1", "y": 2, "width": 300, "height": 400}, None),
        ({"x": True, "y": 2, "width": 300, "height": 400}, None),
        ({"x": 1, "y": 2, "width": 3, "height": 400}, None),
        ({"x": 10**9, "y": 2, "width": 300, "height": 400}, None),
        ("nonsense", None),
    ],
)
def test_a_position_is_read_whole_or_not_at_all(value: object, rect: object) -> None:
    assert sanitize(value).rect == rect


@pytest.mark.parametrize(
    ("zoom", "found"), [(1.5, 1.5), (2, 2.0), (0.1, None), (9, None), (math.nan, None), ("1", None)]
)
def test_zoom_is_within_bounds(zoom: object, found: float | None) -> None:
    assert sanitize({"zoom": zoom}).zoom == found


async def test_what_was_recorded_is_there_in_the_next_run(tmp_path: Path) -> None:
    file = tmp_path / "places.json"
    geometry = Geometry(1, 2, 300, 400, maximized=True, zoom=1.25)
    store = WindowGeometryStore(file)
    assert store.get(KEY) == Geometry()
    store.record(KEY, geometry)
    store.save()
    expected = {"x": 1, "y": 2, "width": 300, "height": 400, "maximized": True, "zoom": 1.25}
    assert json.loads(file.read_text()) == {"notes/notes/main": expected}
    assert WindowGeometryStore(file).get(KEY) == geometry


async def test_the_oldest_are_forgotten(tmp_path: Path) -> None:
    store = WindowGeometryStore(tmp_path / "places.json")
    for number in range(501):
        store.record(WindowKey("notes", "notes", str(number)), Geometry(number, 0, 300, 300))
    assert store.get(WindowKey("notes", "notes", "0")) == Geometry()
    assert store.get(WindowKey("notes", "notes", "1")).x == 1
    store.save()
