"""When the runtime leaves: some time after nothing needs it any more."""

from __future__ import annotations

import asyncio
import time

from narvi_desktop.server.hub import Hub
from narvi_desktop.server.site import Sites
from narvi_desktop.windows.manager import WindowManager


class Lifetime:
    """Asked once a round; `done` is set when the runtime is to end."""

    def __init__(self, hub: Hub, sites: Sites, windows: WindowManager, stays: bool) -> None:
        self.leaving = False
        self.done = asyncio.Event()
        self._hub = hub
        self._sites = sites
        self._windows = windows
        self._stays = stays
        self._until = time.monotonic() + hub.settings.leave_after

    def hold(self, seconds: float) -> None:
        """Somebody has been promised something for this long."""
        self._until = max(self._until, time.monotonic() + seconds)

    def leave(self) -> None:
        """End now. One step of the loop: from here on no `open` is taken."""
        self.leaving = True
        self.done.set()

    def check(self) -> None:
        if self._stays or self.leaving:
            return
        if self._needed():
            self.hold(self._hub.settings.leave_after)
        elif time.monotonic() > self._until:
            self.leave()

    def _needed(self) -> bool:
        busy = any(instance.busy() or instance.service.background for instance in self._hub.instances)
        return busy or bool(self._windows.open_keys()) or self._sites.unspent_tickets() > 0
