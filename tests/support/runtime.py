"""Parts of the runtime in the test's own process, with windows that are only recorded."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from narvi_desktop.library.finder import Finder
from narvi_desktop.runtime.app_registry import AppRegistry
from narvi_desktop.runtime.idle_shutdown import IdleShutdown
from narvi_desktop.runtime.presenting import BrowserPresenter
from narvi_desktop.runtime.tickets import Tickets
from narvi_desktop.runtime.window_events import WindowEvents
from narvi_desktop.runtime.workspace_claims import WorkspaceClaims
from narvi_desktop.server.error_pages import ErrorPages
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.site import Sites
from narvi_desktop.settings import Settings
from narvi_desktop.state.config import Config
from narvi_desktop.state.names import WindowKey
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.ports import bind
from narvi_desktop.state.recent_apps import RecentApps
from narvi_desktop.state.window_geometry import WindowGeometryStore
from narvi_desktop.windows.browser import AppBrowser
from narvi_desktop.windows.manager import WindowDelegate, WindowManager
from narvi_desktop.windows.types import WindowFailed, WindowOptions

SETTINGS = Settings(open_timeout=2)


class RecordedWindows(WindowManager):
    """Shows no window: keeps what it was asked for.

    Attributes:
        opened: key and options of each window.
        navigated: identity, key, URL and whether the page stands in for the app's.
        failure: why no window can be opened.
    """

    def __init__(self, paths: Paths, delegate: WindowDelegate) -> None:
        geometries = WindowGeometryStore(paths.state / "places.json")
        open_windows = paths.state / "windows.json"
        super().__init__(SETTINGS, paths.state, paths.logs / "windows.log", open_windows, geometries, delegate)
        self.opened: list[tuple[WindowKey, WindowOptions]] = []
        self.navigated: list[tuple[str, WindowKey, str, bool]] = []
        self.failure = ""

    async def open(
        self,
        key: WindowKey,
        url: str,
        options: WindowOptions,
        environment: Mapping[str, str],
        new: bool,
        wait: bool = True,
    ) -> bool:
        if self.failure:
            raise WindowFailed(self.failure)
        known = key in self.open_keys()
        self.opened.append((key, options))
        return known and not new

    def open_keys(self) -> list[WindowKey]:
        return [key for key, _ in self.opened]

    def showing(self, key: WindowKey) -> list[str]:
        return [str(number) for number, known in enumerate(self.open_keys()) if known == key]

    def navigate(self, identity: str, key: WindowKey, url: str, replaced: bool = False) -> None:
        self.navigated.append((identity, key, url, replaced))

    def close(self, chosen: Callable[[WindowKey], bool]) -> int:
        kept = [(key, options) for key, options in self.opened if not chosen(key)]
        count = len(self.opened) - len(kept)
        self.opened = kept
        return count


class RuntimeParts:
    """What the commands of the runtime need, connected as `runtime/builder.py` does it."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.hub = Hub(SETTINGS, paths.logs)
        self.sockets: list[Any] = []
        self.sites = Sites(lambda workspace: bind(0), self.sockets.append)
        self.idle = IdleShutdown(SETTINGS, stays=False)
        self.tickets = Tickets(self.sites, self.idle, SETTINGS)
        self.error_pages = ErrorPages()
        browser = AppBrowser(paths.state / "chromium", paths.logs / "windows.log")
        self.browsers = BrowserPresenter(SETTINGS, browser, self.tickets)
        self.events = WindowEvents(self.hub, self.tickets, self.browsers, self.error_pages)
        self.windows = RecordedWindows(paths, self.events)
        self.finder = Finder(paths.installed)
        self.claims = WorkspaceClaims(paths.state / "workspaces.json", ())
        self.recents = RecentApps(paths.state / "used.json")
        self.registry = AppRegistry(self.hub, self.finder, self.claims, paths, Config(), {})


@contextlib.asynccontextmanager
async def runtime_parts(paths: Paths) -> AsyncIterator[RuntimeParts]:
    """Create the parts; at the end stop what runs."""
    parts = RuntimeParts(paths)
    try:
        yield parts
    finally:
        await parts.hub.close()
        for sock in parts.sockets:
            sock.close()
