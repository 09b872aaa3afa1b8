"""Geometry of windows through pywebview's own events, for back ends other than Qt. Written from its documentation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from narvi_desktop.state.window_geometry import Geometry

from .geometry import Rect, clamp


class GenericGeometry:
    """Follows one window. While it is maximized, the position and size from before are kept.

    Args:
        report: called with the geometry each time that it changes, on pywebview's event threads.
    """

    def __init__(self, window: Any, geometry: Geometry, report: Callable[[Geometry], None]) -> None:
        self._report = report
        self._geometry = replace(geometry, zoom=None)  # pywebview has no zoom
        window.events.moved += lambda x, y: self._change(x=int(x), y=int(y))
        window.events.resized += lambda width, height: self._change(width=int(width), height=int(height))
        window.events.maximized += lambda: self._change(maximized=True)
        window.events.restored += lambda: self._change(maximized=False)

    def fit(self, window: Any, screens: list[Any]) -> None:
        """Move the window onto a screen; they are known only once the toolkit runs."""
        if self._geometry.rect is None:
            return
        rect = Rect(*self._geometry.rect)
        fitting = clamp(rect, [Rect(screen.x, screen.y, screen.width, screen.height) for screen in screens])
        if fitting != rect:
            window.resize(fitting.width, fitting.height)
            window.move(fitting.x, fitting.y)

    def _change(self, **values: Any) -> None:
        if self._geometry.maximized and "maximized" not in values:
            return
        self._geometry = replace(self._geometry, **values)
        self._report(self._geometry)
