"""What the windows ask of the runtime, and the pages that stand in for those of apps."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from narvi_desktop.runtime.presenting import Showing, WindowContent, Wish
from narvi_desktop.server.broken import BrokenApps, StandIn, StillBroken
from narvi_desktop.server.control import CommandError
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.site import SYSTEM, Sites
from narvi_desktop.windows.manager import WindowManager
from narvi_desktop.windows.types import WindowKey, WindowOptions

logger = logging.getLogger("narvi_desktop.runtime")


class Attending:
    """Is the `WindowDelegate` of the window manager.

    Args:
        ticket: a URL that lets its first user in, with a life in seconds.
    """

    def __init__(
        self,
        hub: Hub,
        sites: Sites,
        windows: WindowManager,
        showing: Showing,
        broken: BrokenApps,
        ticket: Callable[[WindowKey, float], str],
    ) -> None:
        self._hub = hub
        self._sites = sites
        self._windows = windows
        self._showing = showing
        self._broken = broken
        self._ticket = ticket
        self._life = hub.settings.ticket_life
        self._stopping: set[asyncio.Future[int]] = set()

    def fresh_url(self, key: WindowKey) -> str:
        return self._ticket(key, self._life)

    def link_out(self, key: WindowKey, url: str) -> str | None:
        return self._sites.link_out(key.workspace, url, self._life)

    def page_failed(self, identity: str, key: WindowKey, reason: str) -> None:
        """A page of ours takes the place of one that shows nothing."""
        app = self._hub.apps.get((key.workspace, key.app))
        title = key.app if app is None else app.title or app.name
        log = "" if app is None else self._hub.log_of(app.service).tail()
        logger.warning("the window of %s/%s: %s", key.workspace, key.app, reason)

        def attempt() -> str | None:
            self._windows.navigate(identity, key, self.fresh_url(key))
            return None

        async def elsewhere() -> str:
            page = WindowContent(key, WindowOptions(title))
            _, message = await self._showing.show("app", page, Wish(dict(self._windows.environment)))
            return message

        page = StandIn(title, f"{title} cannot be seen here.", reason, log, attempt, elsewhere, waits=True)
        place = WindowKey(SYSTEM, "broken", self._broken.add(f"{identity} {key}", page))
        self._windows.navigate(identity, key, self.fresh_url(place), replaced=True)

    def last_closed(self, key: WindowKey, stop: bool) -> None:
        """The last window of an app: its service goes on, or ends with it."""
        app = self._hub.apps.get((key.workspace, key.app))
        if stop and app is not None:
            task = asyncio.ensure_future(self._hub.stop(app.service, key.service_id))
            self._stopping.add(task)
            task.add_done_callback(self._stopping.discard)

    async def show_broken(self, text: str, wanted: Callable[[], WindowKey], wish: Wish) -> None:
        """A window that says what is wrong with an app's folder, and opens the app once that is mended.

        Args:
            text: the name or path that was to be opened.
            wanted: what the window is to show then. Raises CommandError as long as it cannot.

        Raises:
            WindowFailed: there can be no window.
        """

        def attempt() -> str | None:
            try:
                return self._send_windows(key, wanted())
            except CommandError as error:
                raise StillBroken(str(error)) from error

        name = Path(text).name
        page = StandIn(name, f"{text} cannot be opened.", "", "Nothing was started.", attempt)
        key = WindowKey(SYSTEM, "broken", self._broken.add(text, page))
        await self._showing.in_window(WindowContent(key, WindowOptions(name, 800, 600)), wish)

    def _send_windows(self, key: WindowKey, wanted: WindowKey) -> str | None:
        """Send the windows that show the one to the other; where there are none, a URL for who asks."""
        windows = self._windows.showing(key)
        for identity in windows:
            self._windows.navigate(identity, wanted, self.fresh_url(wanted))
        return None if windows else self.fresh_url(wanted)
