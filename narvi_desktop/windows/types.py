"""The vocabulary of windows on the runtime's side: what they show, and what they ask of the runtime."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Protocol

from narvi_desktop.state.names import WindowKey as WindowKey

_LOOK = ("title", "width", "height", "icon", "asked", "on_close")


class WindowFailed(Exception):
    """No window could be shown; str() says why."""


class WindowGeometry(Protocol):
    """Where windows stood last."""

    def of(self, key: WindowKey) -> dict[str, Any]: ...

    def record(self, key: WindowKey, geometry: Any) -> None: ...


class WindowDelegate(Protocol):
    """What the runtime knows and decides."""

    def fresh_url(self, key: WindowKey) -> str:
        """A new ticket URL, for a window that comes back after its host has died."""

    def link_out(self, key: WindowKey, url: str) -> str | None:
        """What the user's browser may open when a page leads elsewhere; None: nothing."""

    def page_failed(self, identity: str, key: WindowKey, reason: str) -> None:
        """A window's page shows nothing any more."""

    def last_closed(self, key: WindowKey, stop: bool) -> None:
        """No window has this key any more; `stop`: its service is to end too."""


@dataclass
class Window:
    """One that is open, or about to be.

    Attributes:
        command: what the host was told to open, kept up to date.
        replaced: it shows a page of ours in place of the app's.
    """

    key: WindowKey
    command: dict[str, Any]
    replaced: bool = False
    loaded: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def look(self) -> dict[str, Any]:
        """What is kept of the window on the disk."""
        return {name: self.command[name] for name in _LOOK if name in self.command}
