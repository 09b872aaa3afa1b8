"""The last position and size of each window, by app and service id."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import json_store
from .names import WindowKey

PLACE = ("x", "y", "width", "height", "maximized", "zoom")  # what is kept of a window
_LIMIT = 500
_MIN_SIZE = 200
_ZOOM_RANGE = (0.25, 5.0)
_SAVE_DELAY = 1.0  # seconds: a window that is dragged reports many positions


class WindowGeometry:
    """Used on the event loop only."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._by_window: dict[str, dict[str, Any]] = json_store.load(file, _parse, {})
        self._saving: asyncio.TimerHandle | None = None

    def of(self, key: WindowKey) -> dict[str, Any]:
        """Return the last geometry of a window; empty for a new one."""
        return self._by_window.get(_name(key), {})

    def record(self, key: WindowKey, geometry: Any) -> None:
        """Remember a geometry as a window host has reported it; it is written a moment later."""
        name = _name(key)
        self._by_window.pop(name, None)
        self._by_window[name] = sanitize(geometry)
        for oldest in list(self._by_window)[:-_LIMIT]:
            del self._by_window[oldest]
        if self._saving is None:
            self._saving = asyncio.get_running_loop().call_later(_SAVE_DELAY, self.save)

    def save(self) -> None:
        """Write what has changed."""
        if self._saving is not None:
            self._saving.cancel()
            self._saving = None
            json_store.save(self._file, self._by_window)


def _name(key: WindowKey) -> str:
    return "/".join((key.workspace, key.app, key.service_id or ""))


def _parse(value: Any) -> dict[str, dict[str, Any]]:
    return {str(name): sanitize(geometry) for name, geometry in value.items()}


def sanitize(geometry: Any) -> dict[str, Any]:
    """Return x, y, width, height, maximized and zoom of a geometry from outside; without what cannot be used."""
    if not isinstance(geometry, Mapping):
        return {}
    valid: dict[str, Any] = {}
    for name in ("x", "y", "width", "height"):
        value = geometry.get(name)
        if isinstance(value, int) and abs(value) < 100_000 and (name in "xy" or value >= _MIN_SIZE / 2):
            valid[name] = value
    if len(valid) < 4:
        valid = {}
    valid["maximized"] = geometry.get("maximized") is True
    zoom = geometry.get("zoom")
    if isinstance(zoom, (int, float)) and math.isfinite(zoom) and _ZOOM_RANGE[0] <= zoom <= _ZOOM_RANGE[1]:
        valid["zoom"] = float(zoom)
    return valid
