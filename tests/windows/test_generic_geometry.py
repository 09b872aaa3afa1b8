"""Geometry by pywebview's events, as other back ends than Qt report it."""

from __future__ import annotations

from types import SimpleNamespace

from narvi_desktop.state.window_geometry import Geometry
from narvi_desktop.windows.generic_geometry import GenericGeometry
from tests.windows.toolkit import FakeWindow

SCREEN = SimpleNamespace(x=0, y=0, width=1280, height=800)


def test_moves_and_sizes_are_reported_but_not_those_of_a_maximized_window() -> None:
    window, reported = FakeWindow(), list[Geometry]()
    GenericGeometry(window, Geometry(1, 2, 300, 400), reported.append)
    window.events.moved.fire(10, 20)
    window.events.resized.fire(500, 600)
    window.events.maximized.fire()
    window.events.moved.fire(0, 0)
    window.events.resized.fire(1280, 800)
    assert reported[-1] == Geometry(10, 20, 500, 600, maximized=True)
    window.events.restored.fire()
    assert reported[-1] == Geometry(10, 20, 500, 600)


def test_a_window_off_the_screens_is_moved_onto_one() -> None:
    window = FakeWindow()
    GenericGeometry(window, Geometry(5000, 5000, 300, 400), lambda geometry: None).fit(window, [SCREEN])
    assert window.calls == [("resize", 300, 400), ("move", 980, 400)]


def test_a_window_on_a_screen_and_one_without_a_position_stay() -> None:
    for geometry in (Geometry(10, 20, 300, 400), Geometry()):
        window = FakeWindow()
        GenericGeometry(window, geometry, lambda geometry: None).fit(window, [SCREEN])
        assert window.calls == []
