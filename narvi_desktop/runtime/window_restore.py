"""Windows of a runtime that was killed: reopened, or taken over with the host that shows them."""

from __future__ import annotations

from narvi_desktop.control.requests import OpenOptions
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.server.errors import PortUnavailable
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.site import Sites
from narvi_desktop.state.names import AppRef, WindowKey
from narvi_desktop.windows.host_process import AdoptedHost
from narvi_desktop.windows.manager import WindowManager
from narvi_desktop.windows.types import WindowOptions

from .app_registry import AppRegistry
from .tickets import Tickets


class WindowRestore:
    """Used on the event loop only."""

    def __init__(
        self, hub: Hub, sites: Sites, registry: AppRegistry, windows: WindowManager, tickets: Tickets
    ) -> None:
        self._hub = hub
        self._sites = sites
        self._registry = registry
        self._windows = windows
        self._tickets = tickets

    async def reopen(self, options: OpenOptions) -> None:
        """Open the windows that were left open, once, as soon as a caller with a screen is there."""
        for key, look in self._windows.take_left_open():
            if self._register_app(key, look):
                url = self._tickets.issue(key)
                await self._windows.open(key, url, look, options.environment, new=True, wait=False)

    def adopt(self, host: AdoptedHost) -> None:
        """Take over a host that has outlived its runtime, with its windows."""
        self._windows.adopt(host, self._register_app)

    def _register_app(self, key: WindowKey, options: WindowOptions) -> bool:
        """Register the app of a window; return False when there is no such app any more."""
        try:
            self._registry.open(AppRef(options.target))
            self._sites.of_workspace(key.workspace)
        except (LibraryError, PortUnavailable):
            return False
        return (key.workspace, key.app) in self._hub.apps
