"""The last app-to-app messages: who to whom, found or not, how large."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .registry import Service

_MAX_ENTRIES = 200


class MessageLog:
    """Numbered entries, so that a reader can ask for what is new. Used on the event loop only."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=_MAX_ENTRIES)
        self._last = 0

    def record(self, sender: Service, service_id: str, head: dict[str, Any], found: bool, size: int) -> None:
        self._last += 1
        self._entries.append(
            {
                "number": self._last,
                "time": time.time(),
                "from": f"{sender.workspace}/{sender.name}/{service_id}",
                "to": f"{head['workspace']}/{head['app']}/{head['service_id']}",
                "found": found,
                "bytes": size,
            }
        )

    def since(self, number: int) -> list[dict[str, Any]]:
        """Return the entries after a number, oldest first."""
        return [entry for entry in self._entries if entry["number"] > number]
