"""The command `status`. The stream `watch` is in `runtime/monitoring.py`."""

from __future__ import annotations

import os

import narvi_desktop
from narvi_desktop.control.answers import StatusAnswer
from narvi_desktop.control.requests import NoArguments
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.site import Sites
from narvi_desktop.state.names import SYSTEM
from narvi_desktop.windows.manager import WindowManager


class StatusCommands:
    """Used on the event loop only."""

    def __init__(self, hub: Hub, sites: Sites, windows: WindowManager) -> None:
        self._hub = hub
        self._sites = sites
        self._windows = windows

    async def status(self, request: NoArguments) -> StatusAnswer:
        """Return what runs now; of each history the newest sample."""
        return StatusAnswer(
            pid=os.getpid(),
            url=self._sites.of_workspace(SYSTEM).origin,
            version=narvi_desktop.__version__,
            sites=self._sites.origins(),
            admin=self._hub.admin_data(rounds=1),
            windows=[key._asdict() for key in self._windows.open_keys()],
        )
