"""What the control API can do."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
import webbrowser
from pathlib import Path
from typing import Any

import narvi_desktop
from narvi_desktop.library.finder import AmbiguousName, AppNotFound
from narvi_desktop.library.manifest import AppSpec, LibraryError
from narvi_desktop.server.broken import BrokenApps, StillBroken
from narvi_desktop.server.control import Command, CommandError, Leaving
from narvi_desktop.server.hub import App, Hub
from narvi_desktop.server.instance import InstanceFailed, InstanceRefused
from narvi_desktop.server.site import Sites
from narvi_desktop.windows.adopted import AdoptedHost
from narvi_desktop.windows.browser import AppBrowser
from narvi_desktop.windows.manager import WindowFailed, WindowKey, WindowManager
from narvi_desktop.windows.probe import no_display, why_not

from .catalogue import Catalogue
from .client import DISPLAY_VARIABLES
from .lifetime import Lifetime

WAYS = ("window", "app", "browser", "print", "none")


class Commands:
    """Each takes and returns a JSON object; raises CommandError."""

    def __init__(
        self,
        hub: Hub,
        sites: Sites,
        catalogue: Catalogue,
        lifetime: Lifetime,
        windows: WindowManager,
        browser: AppBrowser,
        broken: BrokenApps,
    ) -> None:
        self._hub = hub
        self._sites = sites
        self._catalogue = catalogue
        self._lifetime = lifetime
        self._windows = windows
        self._browser = browser
        self._broken = broken
        self.table: dict[str, Command] = {
            "open": self.open,
            "url": self.url,
            "status": self.status,
            "restart": self.restart,
            "stop": self.stop,
        }

    async def open(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Start the app's service and show its page."""
        if self._lifetime.leaving:
            raise Leaving
        how = payload.get("show") or "window"
        if how not in WAYS:
            raise CommandError(f"there is no way {how!r} to show an app; choose one of {', '.join(WAYS)}", exit_code=2)
        try:
            app, spec = self._find(payload)
        except CommandError as error:
            if how == "window" and not isinstance(error.__cause__, (AppNotFound, AmbiguousName, type(None))):
                with contextlib.suppress(WindowFailed):
                    await self._show_broken(payload)
            raise
        service_id = self._service_id(app, payload)
        failure = None if service_id is None else await self._failure(app, service_id)
        if failure is not None and how != "window":
            raise failure
        answer = self._address(app, service_id, printed=how in ("print", "none"))
        if failure is not None:
            # Who double-clicks sees no terminal: the window shows the page that says what failed.
            with contextlib.suppress(WindowFailed):
                await self._in_window(spec, answer, payload)
            raise failure
        shown, message = await self._show(how, spec, answer, payload)
        return {**answer, "shown": shown, "message": message}

    async def url(self, payload: dict[str, Any]) -> dict[str, Any]:
        """A fresh ticket URL."""
        app, _ = self._find(payload)
        return self._address(app, self._service_id(app, payload), printed=True)

    async def status(self, payload: dict[str, Any]) -> dict[str, Any]:
        return {
            "running": True,
            "pid": os.getpid(),
            "url": self._sites.of_workspace("desktop").origin,
            "version": narvi_desktop.__version__,
            "admin": self._hub.admin_data(),
            "windows": [key._asdict() for key in self._windows.open_keys()],
        }

    async def restart(self, payload: dict[str, Any]) -> dict[str, Any]:
        app, _ = self._find(payload)
        count = await self._hub.restart(app.service, _text(payload, "service_id"))
        return {"restarted": count, "message": f"{app.title or app.name}: {count} restarted."}

    async def stop(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Stop an app's service; without an app the runtime, after this answer."""
        if _text(payload, "app") is None:
            self._lifetime.leave()
            return {"stopped": 0, "message": "narvi-desktop stops."}
        app, _ = self._find(payload)
        count = await self._hub.stop(app.service, _text(payload, "service_id"))
        return {"stopped": count, "message": f"{app.title or app.name}: {count} stopped."}

    async def _show_broken(self, payload: dict[str, Any]) -> None:
        """A window that says what is wrong with an app's folder, and opens the app once that is mended."""

        def attempt() -> str:
            try:
                app, _ = self._find(payload)
                return str(self._address(app, self._service_id(app, payload), printed=False)["ticket_url"])
            except CommandError as error:
                raise StillBroken(str(error)) from error

        name = Path(payload["app"]).name
        key = WindowKey("desktop", "broken", self._broken.add(payload["app"], attempt))
        site = self._sites.of_workspace("desktop")
        url = site.issue_ticket(site.path(*key), self._hub.settings.ticket_life)
        await self._in_window_of(key, url, {"title": name, "width": 800, "height": 600}, payload)

    def _find(self, payload: dict[str, Any]) -> tuple[App, AppSpec]:
        text = _text(payload, "app")
        if text is None:
            raise CommandError("name an app", exit_code=2)
        try:
            return self._catalogue.open(text)
        except LibraryError as error:
            raise CommandError(str(error), exit_code=2) from error

    def _service_id(self, app: App, payload: dict[str, Any]) -> str | None:
        wanted = _text(payload, "service_id")
        fixed = app.service.fixed_service_id
        if fixed is not None and wanted not in (None, fixed):
            raise CommandError(f"{app.name} has one service id, {fixed!r}; leave --service-id out", exit_code=2)
        if fixed is None and wanted is None and app.service_chooser is None:
            raise CommandError(f"{app.name} needs a service id: add --service-id NAME", exit_code=2)
        return fixed or wanted

    async def _failure(self, app: App, service_id: str) -> CommandError | None:
        """Start the service; why it could not be, to be raised when the window has shown it."""
        self._hub.ask_again(app.service, service_id)
        try:
            await self._hub.acquire(app.service, service_id, for_session=False)
        except InstanceRefused:
            raise CommandError(f"{app.name} does not know the service id {service_id!r}", exit_code=2) from None
        except InstanceFailed as error:
            log = self._hub.log_of(app.service).path
            return CommandError(f"{app.title or app.name} could not start; its log is {log}.", error.detail)
        return None

    def _address(self, app: App, service_id: str | None, printed: bool) -> dict[str, Any]:
        site = self._sites.of_workspace(app.service.workspace)
        path = site.path(app.service.workspace, app.name, service_id)
        settings = self._hub.settings
        life = settings.printed_ticket_life if printed else settings.ticket_life
        self._lifetime.hold(settings.keep_no_window if printed else settings.open_timeout)
        return {
            "workspace": app.service.workspace,
            "app": app.name,
            "service_id": service_id,
            "url": site.origin + path,
            "ticket_url": site.issue_ticket(path, life),
        }

    async def _show(
        self, how: str, spec: AppSpec, answer: dict[str, Any], payload: dict[str, Any]
    ) -> tuple[str, str]:
        """The first way that works, from the one asked for on; one line says which, and why not the others."""
        url = answer["ticket_url"]
        if how in ("print", "none"):
            return how, f"{spec.title} runs." if how == "none" else url
        chain = {"window": self._in_window, "app": self._in_app, "browser": self._in_browser}
        reasons: dict[str, None] = {}  # a set that keeps its order
        for way in list(chain)[list(chain).index(how) :]:
            try:
                message = await chain[way](spec, answer, payload)
            except WindowFailed as error:
                reasons[str(error)] = None
            else:
                return way, f"{message} ({'; '.join(reasons)})." if reasons else f"{message}."
        life = self._hub.settings.printed_ticket_life
        site = self._sites.of_workspace(answer["workspace"])
        url = answer["ticket_url"] = site.issue_ticket(answer["url"].removeprefix(site.origin), life)
        self._lifetime.hold(self._hub.settings.keep_no_window)
        return "print", f"{spec.title} has no window and no browser ({'; '.join(reasons)}); open this address: {url}"

    async def _in_window(self, spec: AppSpec, answer: dict[str, Any], payload: dict[str, Any]) -> str:
        key = WindowKey(answer["workspace"], answer["app"], answer["service_id"])
        look = {
            "asked": payload["app"],
            "title": spec.title,
            "width": spec.window.width,
            "height": spec.window.height,
            "debug": payload.get("debug") is True,
            "icon": None if spec.icon is None else str(spec.icon),
        }
        if await self._in_window_of(key, answer["ticket_url"], look, payload):
            return f"{spec.title} is open already"
        return f"{spec.title} opens" if payload.get("wait") is False else f"{spec.title} is open"

    async def _in_window_of(self, key: WindowKey, url: str, look: dict[str, Any], payload: dict[str, Any]) -> bool:
        """Whether one that is open got the focus. Raises WindowFailed."""
        environment = _environment(payload)
        reason = why_not(environment)
        if reason is not None:
            raise WindowFailed(reason)
        await self._reopen(environment)
        new, wait = payload.get("new_window") is True, payload.get("wait") is not False
        return await self._windows.open(key, url, look, environment, new, wait)

    def adopt(self, host: AdoptedHost) -> None:
        """Take over the windows of a runtime that was killed; their host has started us."""
        self._windows.adopt(host, self._is_found_again)

    async def _reopen(self, environment: dict[str, str]) -> None:
        """The windows of a runtime that was killed with their host, as soon as somebody with a screen is there."""
        for key, look in self._windows.take_left_open():
            if self._is_found_again(key, look):
                app = self._hub.apps[key.workspace, key.app]
                url = self._address(app, key.service_id, printed=False)["ticket_url"]
                await self._windows.open(key, url, look, environment, new=True, wait=False)

    def _is_found_again(self, key: WindowKey, look: dict[str, Any]) -> bool:
        """Make a window's app known; False when it is not installed any more."""
        try:
            self._catalogue.open(str(look.get("asked")))
        except LibraryError:
            return False
        return (key.workspace, key.app) in self._hub.apps

    async def _in_app(self, spec: AppSpec, answer: dict[str, Any], payload: dict[str, Any]) -> str:
        environment = _environment(payload)
        if no_display(environment):
            raise WindowFailed("there is no display")
        try:
            process = self._browser.open(answer["ticket_url"], environment)
        except OSError as error:
            raise WindowFailed(f"the browser could not be started: {error}") from error
        if process is None:
            raise WindowFailed("no browser of the Chromium family is installed")
        site = self._sites.of_workspace(answer["workspace"])
        ticket = answer["ticket_url"].rpartition("/")[2]
        until = time.monotonic() + self._hub.settings.open_timeout
        # Its page is there once it has spent the ticket; the browser itself tells nobody.
        while payload.get("wait") is not False and site.ticket_valid(ticket):
            if process.poll():
                raise WindowFailed(f"the browser ended with {process.returncode}")
            if time.monotonic() > until:
                raise WindowFailed("the browser did not load the page in time")
            await asyncio.sleep(0.05)
        return f"{spec.title} is open in a window of the browser"

    async def _in_browser(self, spec: AppSpec, answer: dict[str, Any], payload: dict[str, Any]) -> str:
        if no_display(_environment(payload)) or not webbrowser.open(answer["ticket_url"]):
            raise WindowFailed("there is no display" if no_display(_environment(payload)) else "no browser was found")
        return f"{spec.title} is open in the browser"


def _environment(payload: dict[str, Any]) -> dict[str, str]:
    """What says where the caller's screen is, and nothing else of what was sent."""
    given = payload.get("environment") or {}
    return {name: str(given[name]) for name in DISPLAY_VARIABLES if name in given}


def _text(payload: dict[str, Any], key: str) -> str | None:
    value = payload.get(key)
    if value is not None and not isinstance(value, str):
        raise CommandError(f"{key} must be text", exit_code=2)
    return value or None
