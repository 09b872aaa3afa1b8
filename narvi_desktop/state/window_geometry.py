"""The last position and size of the window of each app and service id."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from narvi_desktop.state import json_store
from narvi_desktop.state.names import WindowKey

_WINDOWS_LIMIT = 500
_MIN_LENGTH = 100
_MAX_COORDINATE = 100_000
_ZOOM = (0.25, 5.0)
_SAVED_AFTER = 1.0  # seconds: a window that is dragged reports many positions


@dataclass(frozen=True)
class Geometry:
    """Position, size, state and zoom of a window.

    Position and size are known together or not at all. Of a maximized window they are what it returns to.

    Attributes:
        x: pixels of the desktop; of the frame's corner, like `y`.
        width: pixels of the content, like `height`.
    """

    x: int | None = None
    y: int | None = None
    width: int | None = None
    height: int | None = None
    maximized: bool = False
    zoom: float | None = None

    @property
    def rect(self) -> tuple[int, int, int, int] | None:
        """x, y, width and height, or None where they are not known."""
        if self.x is None or self.y is None or self.width is None or self.height is None:
            return None
        return self.x, self.y, self.width, self.height

    def to_json(self) -> dict[str, Any]:
        """Return the values that are known, as the file keeps them."""
        values: dict[str, Any] = {"maximized": self.maximized}
        if self.rect is not None:
            values |= {"x": self.x, "y": self.y, "width": self.width, "height": self.height}
        if self.zoom is not None:
            values["zoom"] = self.zoom
        return values


def sanitize(value: Any) -> Geometry:
    """Read a geometry from JSON; values that are missing or out of range are left out."""
    if not isinstance(value, Mapping):
        return Geometry()
    x, y = _pixels(value.get("x")), _pixels(value.get("y"))
    width, height = _pixels(value.get("width"), _MIN_LENGTH), _pixels(value.get("height"), _MIN_LENGTH)
    if None in (x, y, width, height):
        x = y = width = height = None
    zoom = value.get("zoom")
    if not isinstance(zoom, (int, float)) or not math.isfinite(zoom) or not _ZOOM[0] <= zoom <= _ZOOM[1]:
        zoom = None
    return Geometry(x, y, width, height, value.get("maximized") is True, None if zoom is None else float(zoom))


class WindowGeometryStore:
    """The last geometry of each window, saved a moment after a change. Used on the event loop only."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._geometries: dict[str, Geometry] = json_store.load(file, _parse, {})
        self._saving: asyncio.TimerHandle | None = None

    def get(self, key: WindowKey) -> Geometry:
        """Return the last geometry of a window."""
        return self._geometries.get(_name(key), Geometry())

    def record(self, key: WindowKey, geometry: Geometry) -> None:
        """Remember the geometry of a window."""
        name = _name(key)
        self._geometries.pop(name, None)  # so that it becomes the newest
        self._geometries[name] = sanitize(geometry.to_json())
        for oldest in list(self._geometries)[:-_WINDOWS_LIMIT]:
            del self._geometries[oldest]
        if self._saving is None:
            self._saving = asyncio.get_running_loop().call_later(_SAVED_AFTER, self.save)

    def save(self) -> None:
        """Write what has changed. At the end of the runtime nothing may be recorded after it."""
        if self._saving is not None:
            self._saving.cancel()
            self._saving = None
            json_store.save(self._file, {name: geometry.to_json() for name, geometry in self._geometries.items()})


def _pixels(value: Any, minimum: int = 1 - _MAX_COORDINATE) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and minimum <= value < _MAX_COORDINATE else None


def _name(key: WindowKey) -> str:
    return "/".join((key.workspace, key.app, key.service_id or ""))


def _parse(value: Any) -> dict[str, Geometry]:
    return {str(name): sanitize(entry) for name, entry in value.items()}
