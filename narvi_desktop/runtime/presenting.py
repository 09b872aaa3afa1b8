"""Show an app's page: in a window, in an app window of a browser, or in the browser, whichever works first."""

from __future__ import annotations

import asyncio
import time
import webbrowser
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Literal

from narvi_desktop.control.requests import OpenOptions
from narvi_desktop.integration.entry import own_icon
from narvi_desktop.settings import Settings
from narvi_desktop.state.names import WindowKey
from narvi_desktop.windows.availability import no_display, why_not
from narvi_desktop.windows.browser import AppBrowser
from narvi_desktop.windows.manager import WindowManager
from narvi_desktop.windows.types import WindowFailed, WindowOptions

from .app_registry import RegisteredApp
from .tickets import Tickets
from .window_restore import WindowRestore

_POLL = 0.05  # seconds between two looks whether a browser has used its ticket
BrowserWay = Literal["app", "browser"]


@dataclass(frozen=True)
class WindowContent:
    """What is shown, and how its window looks."""

    key: WindowKey
    options: WindowOptions

    @property
    def title(self) -> str:
        return self.options.title

    @classmethod
    def of_app(cls, app: RegisteredApp, service_id: str | None) -> WindowContent:
        """Return the window content that an app's manifest describes."""
        spec = app.spec
        options = WindowOptions(
            title=spec.title,
            width=spec.window.width,
            height=spec.window.height,
            icon=str(spec.icon or own_icon()),
            on_close=spec.on_close,
            target=str(app.ref),
        )
        return cls(app.key(service_id), options)


class BrowserPresenter:
    """Show pages in the user's browsers.

    Every attempt gets a ticket of its own: one that failed late may have used the ticket that it had.
    """

    def __init__(self, settings: Settings, browser: AppBrowser, tickets: Tickets) -> None:
        self._settings = settings
        self._browser = browser
        self._tickets = tickets
        self._ways: dict[BrowserWay, Callable[[WindowContent, OpenOptions], Awaitable[str]]] = {
            "app": self._in_app_window,
            "browser": self._in_browser,
        }

    async def show(
        self, way: BrowserWay, content: WindowContent, options: OpenOptions, reason: str = ""
    ) -> tuple[BrowserWay, str]:
        """Try this way, then those after it; return the one that worked, and a sentence about it.

        Args:
            reason: why a way before this one did not work.

        Raises:
            WindowFailed: none works; str() says why.
        """
        reasons = {reason: None} if reason else {}  # a set that keeps its order
        for candidate in list(self._ways)[list(self._ways).index(way) :]:
            try:
                message = await self._ways[candidate](content, options)
            except WindowFailed as error:
                reasons[str(error)] = None
            else:
                return candidate, f"{message} ({'; '.join(reasons)})." if reasons else f"{message}."
        raise WindowFailed("; ".join(reasons))

    async def _in_app_window(self, content: WindowContent, options: OpenOptions) -> str:
        if no_display(options.environment):
            raise WindowFailed("there is no display")
        url = self._tickets.issue(content.key)
        try:
            process = self._browser.open(url, options.environment)
        except OSError as error:
            raise WindowFailed(f"the browser could not be started: {error}") from error
        if process is None:
            raise WindowFailed("no browser of the Chromium family is installed")
        deadline = time.monotonic() + self._settings.open_timeout
        # A browser reports nothing. That its ticket is used shows that the page is there.
        while options.wait and self._tickets.is_unused(content.key, url):
            if process.poll():
                raise WindowFailed(f"the browser ended with {process.returncode}")
            if time.monotonic() > deadline:
                raise WindowFailed("the browser did not load the page in time")
            await asyncio.sleep(_POLL)
        return f"{content.title} is open in a window of the browser"

    async def _in_browser(self, content: WindowContent, options: OpenOptions) -> str:
        if no_display(options.environment):
            raise WindowFailed("there is no display")
        if not webbrowser.open(self._tickets.issue(content.key)):
            raise WindowFailed("no browser was found")
        return f"{content.title} is open in the browser"


class Presenter:
    """Show pages in windows, and in browsers where there can be no window."""

    def __init__(
        self, windows: WindowManager, browsers: BrowserPresenter, restore: WindowRestore, tickets: Tickets
    ) -> None:
        self._windows = windows
        self._browsers = browsers
        self._restore = restore
        self._tickets = tickets

    async def show(
        self, way: Literal["window", "app", "browser"], content: WindowContent, options: OpenOptions
    ) -> tuple[str, str]:
        """Try this way, then those after it; return the one that worked, and a sentence about it.

        Raises:
            WindowFailed: none works; str() says why.
        """
        if way != "window":
            return await self._browsers.show(way, content, options)
        try:
            return "window", f"{await self.in_window(content, options)}."
        except WindowFailed as error:
            return await self._browsers.show("app", content, options, str(error))

    async def in_window(self, content: WindowContent, options: OpenOptions) -> str:
        """Show a window; return a sentence without its full stop. Raises WindowFailed."""
        reason = why_not(options.environment)
        if reason is not None:
            raise WindowFailed(reason)
        await self._restore.reopen(options)
        url = self._tickets.issue(content.key)
        look = replace(content.options, debug=options.debug)
        if await self._windows.open(
            content.key, url, look, options.environment, options.new_window, options.wait
        ):
            return f"{content.title} is open already"
        return f"{content.title} is open" if options.wait else f"{content.title} opens"
