"""Where the window of each app and service id stood last."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from narvi_desktop.windows.geometry import checked
from narvi_desktop.windows.window import WindowKey

from . import kept

_MOST = 500
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
        self._places[name] = checked(place)
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
    return {str(name): checked(place) for name, place in value.items()}
