"""What the window manager asks of the runtime: fresh tickets, error pages, the end of a service."""

from __future__ import annotations

import asyncio
import logging

from narvi_desktop.control.requests import OpenOptions
from narvi_desktop.server.error_pages import ErrorPage, ErrorPages
from narvi_desktop.server.hub import Hub
from narvi_desktop.state.names import SYSTEM, WindowKey
from narvi_desktop.windows.manager import WindowManager
from narvi_desktop.windows.types import WindowOptions

from .presenting import BrowserPresenter, WindowContent
from .tickets import Tickets

logger = logging.getLogger("narvi_desktop.runtime")


class WindowEvents:
    """The `WindowDelegate` of the window manager. Used on the event loop only."""

    def __init__(self, hub: Hub, tickets: Tickets, browsers: BrowserPresenter, error_pages: ErrorPages) -> None:
        self._hub = hub
        self._tickets = tickets
        self._browsers = browsers
        self._error_pages = error_pages
        self._stopping: set[asyncio.Future[int]] = set()

    def fresh_url(self, key: WindowKey) -> str:
        return self._tickets.issue(key)

    def link_out(self, key: WindowKey, url: str) -> str | None:
        return self._tickets.issue_link(key.workspace, url)

    def page_failed(self, windows: WindowManager, identity: str, key: WindowKey, reason: str) -> None:
        """Show an error page in a window whose page shows nothing any more."""
        app = self._hub.apps.get((key.workspace, key.app))
        title = key.app if app is None else app.title or app.name
        log = "" if app is None else self._hub.log_of(app.service).tail()
        logger.warning("the window of %s/%s: %s", key.workspace, key.app, reason)

        def attempt() -> str | None:
            windows.navigate(identity, key, self.fresh_url(key))
            return None

        async def open_elsewhere() -> str:
            content = WindowContent(key, WindowOptions(title))
            _, message = await self._browsers.show("app", content, OpenOptions(dict(windows.environment)))
            return message

        page = ErrorPage(title, f"{title} cannot be shown here.", reason, log, attempt, open_elsewhere, manual=True)
        error_key = WindowKey(SYSTEM, "broken", self._error_pages.add(f"{identity} {key}", page))
        windows.navigate(identity, key, self.fresh_url(error_key), replaced=True)

    def last_closed(self, key: WindowKey, stop: bool) -> None:
        """Stop the service of an app whose last window was closed, if that is wanted."""
        app = self._hub.apps.get((key.workspace, key.app))
        if stop and app is not None:
            task = asyncio.ensure_future(self._hub.stop(app.service, key.service_id))
            # The loop keeps only a weak reference to a task.
            self._stopping.add(task)
            task.add_done_callback(self._stopping.discard)
