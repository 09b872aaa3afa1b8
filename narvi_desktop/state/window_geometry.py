"""Where the window of each app and service id stood last."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from narvi_desktop.state import json_store as kept
from narvi_desktop.state.names import WindowKey

PLACE = ("x", "y", "width", "height", "maximized", "zoom")  # what is kept of a window
_MOST = 500
_SMALLEST = 200
_ZOOM = (0.25, 5.0)
_SAVED_AFTER = 1.0  # seconds: a window that is dragged tells of many places


class Places:
    """Belongs to the loop."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._places: dict[str, dict[str, Any]] = kept.load(file, _parse, {})
        self._saving: asyncio.TimerHandle | None = None

    def of(self, key: WindowKey) -> dict[str, Any]:
        return self._places.get(_name(key), {})

    def note(self, key: WindowKey, place: Any) -> None:
        name = _name(key)
        self._places.pop(name, None)
        self._places[name] = sanitize(place)
        for oldest in list(self._places)[:-_MOST]:
            del self._places[oldest]
        if self._saving is None:
            self._saving = asyncio.get_running_loop().call_later(_SAVED_AFTER, self.save)

    def save(self) -> None:
        """Write what is new; nothing else may be noted between here and the end."""
        if self._saving is not None:
            self._saving.cancel()
            self._saving = None
            kept.save(self._file, self._places)


def _name(key: WindowKey) -> str:
    return "/".join((key.workspace, key.app, key.service_id or ""))


def _parse(value: Any) -> dict[str, dict[str, Any]]:
    return {str(name): sanitize(place) for name, place in value.items()}


def sanitize(place: Any) -> dict[str, Any]:
    """A place as it was kept or told: x, y, width, height, maximized, zoom; what is no good is left out."""
    if not isinstance(place, Mapping):
        return {}
    good: dict[str, Any] = {}
    for name in ("x", "y", "width", "height"):
        value = place.get(name)
        if isinstance(value, int) and abs(value) < 100_000 and (name in "xy" or value >= _SMALLEST / 2):
            good[name] = value
    if len(good) < 4:
        good = {}
    good["maximized"] = place.get("maximized") is True
    zoom = place.get("zoom")
    if isinstance(zoom, (int, float)) and math.isfinite(zoom) and _ZOOM[0] <= zoom <= _ZOOM[1]:
        good["zoom"] = float(zoom)
    return good
