"""The ways to show an app's page: window, a browser's app window, the browser."""

from __future__ import annotations

import asyncio
import time
import webbrowser
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from narvi_desktop.integration.entry import own_icon
from narvi_desktop.library.manifest import AppSpec
from narvi_desktop.settings import Settings
from narvi_desktop.state.display import DISPLAY_VARIABLES
from narvi_desktop.windows.availability import no_display, why_not
from narvi_desktop.windows.browser import AppBrowser
from narvi_desktop.windows.manager import WindowManager
from narvi_desktop.windows.types import WindowFailed, WindowKey, WindowOptions

WAYS = ("window", "app", "browser", "print", "none")


@dataclass(frozen=True)
class Wish:
    """How the caller wants it; `environment` says where their screen is."""

    environment: dict[str, str]
    new: bool = False
    wait: bool = True
    debug: bool = False

    @classmethod
    def of(cls, payload: dict[str, Any]) -> Wish:
        given = payload.get("environment") or {}
        return cls(
            {name: str(given[name]) for name in DISPLAY_VARIABLES if name in given},
            payload.get("new_window") is True,
            payload.get("wait") is not False,
            payload.get("debug") is True,
        )


@dataclass(frozen=True)
class WindowContent:
    """What is shown, and how its window looks."""

    key: WindowKey
    options: WindowOptions

    @classmethod
    def of_app(cls, key: WindowKey, spec: AppSpec, target: str) -> WindowContent:
        """Describe the window of an app. `target` is the name or path by which the app is found again."""
        options = WindowOptions(
            title=spec.title,
            width=spec.window.width,
            height=spec.window.height,
            icon=str(spec.icon or own_icon()),
            on_close=spec.on_close,
            target=target,
        )
        return cls(key, options)

    @property
    def title(self) -> str:
        return self.options.title


class Showing:
    """Every way gets a ticket of its own: one that failed late may have spent what it had.

    Args:
        ticket: a URL that lets its first user in, with a life in seconds.
        is_unspent: whether a ticket URL can still be used.
        find: makes the app of a window that was left open known again; False when it is gone.
    """

    def __init__(
        self,
        settings: Settings,
        windows: WindowManager,
        browser: AppBrowser,
        ticket: Callable[[WindowKey, float], str],
        is_unspent: Callable[[WindowKey, str], bool],
        find: Callable[[WindowKey, WindowOptions], bool],
    ) -> None:
        self._settings = settings
        self._windows = windows
        self._browser = browser
        self._ticket = ticket
        self._is_unspent = is_unspent
        self._find = find
        self._chain: dict[str, Callable[[WindowContent, Wish], Awaitable[str]]] = {
            "window": self.in_window,
            "app": self._in_app,
            "browser": self._in_browser,
        }

    async def show(self, how: str, page: WindowContent, wish: Wish) -> tuple[str, str]:
        """The first way that works, from the one asked for on; one line says which, and why not the others.

        Raises:
            WindowFailed: none works; str() says why.
        """
        reasons: dict[str, None] = {}  # a set that keeps its order
        for way in list(self._chain)[list(self._chain).index(how) :]:
            try:
                message = await self._chain[way](page, wish)
            except WindowFailed as error:
                reasons[str(error)] = None
            else:
                return way, f"{message} ({'; '.join(reasons)})." if reasons else f"{message}."
        raise WindowFailed("; ".join(reasons))

    async def in_window(self, page: WindowContent, wish: Wish) -> str:
        """A sentence without its stop. Raises WindowFailed."""
        reason = why_not(wish.environment)
        if reason is not None:
            raise WindowFailed(reason)
        await self._reopen(wish)
        options = replace(page.options, debug=wish.debug)
        url = self._ticket(page.key, self._settings.ticket_life)
        if await self._windows.open(page.key, url, options, wish.environment, wish.new, wish.wait):
            return f"{page.title} is open already"
        return f"{page.title} is open" if wish.wait else f"{page.title} opens"

    async def _reopen(self, wish: Wish) -> None:
        """The windows of a runtime that was killed with their host, as soon as somebody with a screen is there."""
        for key, options in self._windows.take_left_open():
            if self._find(key, options):
                url = self._ticket(key, self._settings.ticket_life)
                await self._windows.open(key, url, options, wish.environment, new=True, wait=False)

    async def _in_app(self, page: WindowContent, wish: Wish) -> str:
        if no_display(wish.environment):
            raise WindowFailed("there is no display")
        url = self._ticket(page.key, self._settings.ticket_life)
        try:
            process = self._browser.open(url, wish.environment)
        except OSError as error:
            raise WindowFailed(f"the browser could not be started: {error}") from error
        if process is None:
            raise WindowFailed("no browser of the Chromium family is installed")
        until = time.monotonic() + self._settings.open_timeout
        # Its page is there once it has spent the ticket; the browser itself tells nobody.
        while wish.wait and self._is_unspent(page.key, url):
            if process.poll():
                raise WindowFailed(f"the browser ended with {process.returncode}")
            if time.monotonic() > until:
                raise WindowFailed("the browser did not load the page in time")
            await asyncio.sleep(0.05)
        return f"{page.title} is open in a window of the browser"

    async def _in_browser(self, page: WindowContent, wish: Wish) -> str:
        if no_display(wish.environment):
            raise WindowFailed("there is no display")
        if not webbrowser.open(self._ticket(page.key, self._settings.ticket_life)):
            raise WindowFailed("no browser was found")
        return f"{page.title} is open in the browser"
