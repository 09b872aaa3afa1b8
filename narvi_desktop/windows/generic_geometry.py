"""The place of a window by pywebview's own events, where the back end is not Qt. Not tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .geometry import Rect, clamp


class GenericGeometry:
    """Keeps what the events tell; a maximized window keeps the place that it had before.

    Args:
        tell: called with the place each time that it changes.
    """

    def __init__(self, window: Any, look: Mapping[str, Any], tell: Callable[[dict[str, Any]], None]) -> None:
        self._tell = tell
        self._place = {name: look[name] for name in ("x", "y", "width", "height") if name in look}
        self._place["maximized"] = look.get("maximized") is True
        window.events.moved += lambda x, y: self._change(x=int(x), y=int(y))
        window.events.resized += lambda width, height: self._change(width=int(width), height=int(height))
        window.events.maximized += lambda: self._change(maximized=True)
        window.events.restored += lambda: self._change(maximized=False)

    def fit(self, window: Any, screens: list[Any]) -> None:
        """Once the screens are known: onto one of them."""
        if not all(name in self._place for name in ("x", "y", "width", "height")):
            return
        rect = Rect(*(self._place[name] for name in ("x", "y", "width", "height")))
        fits = clamp(rect, [Rect(one.x, one.y, one.width, one.height) for one in screens])
        if fits != rect:
            window.resize(fits.width, fits.height)
            window.move(fits.x, fits.y)

    def _change(self, **values: Any) -> None:
        if self._place.get("maximized") and "maximized" not in values:
            return
        self._place |= values
        self._tell(dict(self._place))
