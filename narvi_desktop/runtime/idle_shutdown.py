"""When the runtime ends by itself: some time after nothing needs it any more."""

from __future__ import annotations

import asyncio
import time

from narvi_desktop.server.hub import Hub
from narvi_desktop.server.site import Sites
from narvi_desktop.settings import Settings
from narvi_desktop.windows.manager import WindowManager


class IdleShutdown:
    """Used on the event loop only.

    Args:
        stays: never end by itself.

    Attributes:
        leaving: from now on no command is taken.
        done: set when the runtime is to end.
    """

    def __init__(self, settings: Settings, stays: bool) -> None:
        self.leaving = False
        self.done = asyncio.Event()
        self._stays = stays
        self._timeout = settings.leave_after
        self._deadline = time.monotonic() + settings.leave_after

    def keep_alive(self, seconds: float) -> None:
        """Stay at least this long, because somebody has been promised something."""
        self._deadline = max(self._deadline, time.monotonic() + seconds)

    def leave(self) -> None:
        """End now. It is one step of the loop, so a command is either answered or sees `leaving`."""
        self.leaving = True
        self.done.set()

    def check(self, needed: bool) -> None:
        """Decide whether to end; called regularly with whether anything needs the runtime."""
        if self._stays or self.leaving:
            return
        if needed:
            self.keep_alive(self._timeout)
        elif time.monotonic() > self._deadline:
            self.leave()


def is_needed(hub: Hub, sites: Sites, windows: WindowManager) -> bool:
    """Return whether there is a busy or background instance, an open window or a ticket that may still be used."""
    busy = any(instance.busy() or instance.service.background for instance in hub.instances)
    return busy or bool(windows.open_keys()) or sites.unspent_tickets() > 0
