"""Build the parts of the runtime and connect them. Each gets all that it needs when it is created."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from narvi_desktop.library.finder import Finder
from narvi_desktop.server.control import Control
from narvi_desktop.server.error_pages import ErrorPages
from narvi_desktop.server.gateway import Gateway
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.listener import Listener
from narvi_desktop.server.monitoring import MonitoringLoop
from narvi_desktop.server.site import Sites
from narvi_desktop.state.config import Config
from narvi_desktop.state.names import SYSTEM
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.ports import Ports
from narvi_desktop.state.recent_apps import RecentApps
from narvi_desktop.state.window_geometry import WindowGeometryStore
from narvi_desktop.windows.browser import AppBrowser
from narvi_desktop.windows.manager import WindowManager

from .api.apps import AppCommands
from .api.library import LibraryCommands
from .api.status import StatusCommands
from .api.table import CommandTable
from .api.windows import WindowCommands
from .app_list import AppList
from .app_registry import AppRegistry
from .command_bridge import CommandBridge
from .idle_shutdown import IdleShutdown, is_needed
from .menu_entries import MenuEntries
from .monitoring import Monitoring
from .presenting import BrowserPresenter, Presenter
from .tickets import Tickets
from .window_events import WindowEvents
from .window_restore import WindowRestore
from .workspace_claims import WorkspaceClaims


@dataclass(frozen=True)
class Parts:
    """What is started, asked and stopped while the runtime lives.

    Attributes:
        token: the bearer token of the control API, new for each run.
    """

    hub: Hub
    sites: Sites
    gateway: Gateway
    token: str
    windows: WindowManager
    window_restore: WindowRestore
    geometries: WindowGeometryStore
    monitoring: Monitoring
    monitoring_loop: MonitoringLoop
    idle: IdleShutdown


def build(paths: Paths, config: Config, port: int | None, stays: bool) -> Parts:
    """Create all parts. Called with a running loop; nothing listens yet.

    Args:
        port: that of the control API, if the user wants a certain one.
        stays: never end by itself.
    """
    settings, window_log = config.settings, paths.logs / "windows.log"
    # The server: what runs, and where it is served.
    hub = Hub(settings, paths.logs)
    listener = Listener()
    sites = Sites(Ports(paths.state / "ports.json", port).bind, listener.add)
    error_pages = ErrorPages()
    idle = IdleShutdown(settings, stays)
    tickets = Tickets(sites, idle, settings)
    # The windows and browsers that show it.
    browsers = BrowserPresenter(settings, AppBrowser(paths.state / "chromium", window_log), tickets)
    geometries = WindowGeometryStore(paths.state / "places.json")
    windows = WindowManager(
        settings,
        paths.state / "pages",
        window_log,
        paths.state / "windows.json",
        geometries,
        WindowEvents(hub, tickets, browsers, error_pages),
    )
    # The apps.
    recents = RecentApps(paths.recent_apps)
    finder = Finder(paths.installed, opened=recents.folders)
    bundled = [source.manifest.workspace for source in finder.bundled() if source.manifest is not None]
    claims = WorkspaceClaims(paths.state / "workspaces.json", bundled)
    bridge = CommandBridge()
    embedded: dict[tuple[str, str], dict[str, Any]] = {(SYSTEM, "home"): {"runtime": bridge}}
    registry = AppRegistry(hub, finder, claims, paths, config, embedded)
    window_restore = WindowRestore(hub, sites, registry, windows, tickets)
    presenter = Presenter(windows, browsers, window_restore, tickets)
    app_list = AppList(hub, finder, registry, windows, recents)
    # The commands, for callers with the token and for home.
    monitoring = Monitoring(hub, sites, windows)
    table = CommandTable(
        WindowCommands(hub, sites, registry, presenter, windows, tickets, error_pages, recents, idle),
        AppCommands(hub, registry, app_list, windows, recents, idle),
        LibraryCommands(hub, finder, registry, claims, MenuEntries(finder), windows, recents, paths),
        StatusCommands(hub, sites, windows),
        monitoring,
    )
    bridge.serve(table.commands, lambda: windows.environment)
    control = Control(table.commands, settings.control_body_limit, table.streams)
    token = secrets.token_urlsafe(32)
    return Parts(
        hub,
        sites,
        Gateway(hub, sites, listener, token.encode(), control.answer, error_pages),
        token,
        windows,
        window_restore,
        geometries,
        monitoring,
        MonitoringLoop(
            hub,
            on_tick=[lambda: idle.check(is_needed(hub, sites, windows))],
            before=[monitoring.measure],
            after=[monitoring.notify],
        ),
        idle,
    )
