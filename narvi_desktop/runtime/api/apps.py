"""What the control API can do."""

from __future__ import annotations

import contextlib
import os
from typing import Any

import narvi_desktop
from narvi_desktop.library.finder import AmbiguousName, AppNotFound
from narvi_desktop.library.manifest import AppSpec, LibraryError
from narvi_desktop.runtime.app_registry import Catalogue
from narvi_desktop.runtime.idle_shutdown import Lifetime
from narvi_desktop.runtime.presenting import WAYS, Showing, WindowContent, Wish
from narvi_desktop.runtime.window_events import Attending
from narvi_desktop.server.broken import BrokenApps
from narvi_desktop.server.control import Command, CommandError, Leaving
from narvi_desktop.server.hub import App, Hub, Service
from narvi_desktop.server.instance import InstanceFailed, InstanceRefused
from narvi_desktop.server.session import STOPPED
from narvi_desktop.server.site import SYSTEM, NoSite, Site, Sites
from narvi_desktop.state.recent_apps import Used
from narvi_desktop.windows.browser import AppBrowser
from narvi_desktop.windows.host_process import AdoptedHost
from narvi_desktop.windows.manager import WindowManager
from narvi_desktop.windows.types import WindowFailed, WindowKey, WindowOptions


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
        used: Used,
    ) -> None:
        self._hub = hub
        self._sites = sites
        self._catalogue = catalogue
        self._lifetime = lifetime
        self._windows = windows
        self._showing = Showing(
            hub.settings, windows, browser, self._ticket, self._is_unspent, self._is_found_again
        )
        self.attending = Attending(hub, sites, windows, self._showing, broken, self._ticket)
        self._used = used
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
                    await self.attending.show_broken(payload["app"], lambda: self._wanted(payload), Wish.of(payload))
                    error.shown = True
            raise
        service_id = self._service_id(app, payload)
        if app.service.workspace != SYSTEM:
            self._used.note(self._asked(app), None if app.service.fixed_service_id else service_id)
        failure = None if service_id is None else await self._failure(app, service_id)
        if failure is not None and how != "window":
            raise failure
        if how in ("print", "none"):
            answer = self._printed(app, service_id)
            return {**answer, "shown": how, "message": f"{spec.title} runs." if how == "none" else answer["ticket_url"]}
        page = WindowContent.of_app(WindowKey(app.service.workspace, app.name, service_id), spec, self._asked(app))
        if failure is not None:
            # Who double-clicks sees no terminal: the window shows the page that says what failed.
            with contextlib.suppress(WindowFailed):
                await self._showing.in_window(page, Wish.of(payload))
                failure.shown = True
            raise failure
        try:
            shown, message = await self._showing.show(how, page, Wish.of(payload))
        except WindowFailed as error:
            answer = self._printed(app, service_id)
            message = f"{spec.title} has no window and no browser ({error}); open this address: {answer['ticket_url']}"
            return {**answer, "shown": "print", "message": message}
        return {**self._address(app, service_id), "shown": shown, "message": message}

    async def url(self, payload: dict[str, Any]) -> dict[str, Any]:
        """A fresh ticket URL."""
        app, _ = self._find(payload)
        return self._printed(app, self._service_id(app, payload))

    async def status(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What runs now; of each history the newest round."""
        return {
            "running": True,
            "pid": os.getpid(),
            "url": self._site(SYSTEM).origin,
            "sites": self._sites.origins(),
            "version": narvi_desktop.__version__,
            "admin": self._hub.admin_data(rounds=1),
            "windows": [key._asdict() for key in self._windows.open_keys()],
        }

    async def restart(self, payload: dict[str, Any]) -> dict[str, Any]:
        service, title = self._service(payload)
        count = await self._hub.restart(service, _text(payload, "service_id"))
        return {"restarted": count, "message": f"{title}: {count} restarted."}

    async def stop(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Stop an app's service; without an app the runtime, after this answer."""
        if _text(payload, "app") is None and _text(payload, "service") is None:
            self._lifetime.leave()
            return {"stopped": 0, "message": "narvi-desktop stops."}
        service, title = self._service(payload)
        service_id = _text(payload, "service_id")
        # First its windows: a page that sees its service go asks for it again.
        self._windows.close(
            lambda key: key.workspace == service.workspace
            and key.app in service.apps
            and service_id in (None, key.service_id)
        )
        count = await self._hub.stop(service, service_id, STOPPED, "stopped")
        return {"stopped": count, "message": f"{title}: {count} stopped."}

    def _wanted(self, payload: dict[str, Any]) -> WindowKey:
        """What a window would show."""
        app, _ = self._find(payload)
        return WindowKey(app.service.workspace, app.name, self._service_id(app, payload))

    def _service(self, payload: dict[str, Any]) -> tuple[Service, str]:
        """A service and what a person calls it: by an app's name, or by workspace and service as the monitor does."""
        name = _text(payload, "service")
        if name is None:
            app, _ = self._find(payload)
            return app.service, app.title or app.name
        service = self._hub.services.get((_text(payload, "workspace") or "", name))
        if service is None:
            raise CommandError(f"there is no service {payload.get('workspace')}/{name}")
        return service, f"{service.workspace}/{name}"

    def _asked(self, app: App) -> str:
        """The name or path by which the app is found again."""
        known = self._catalogue.known(app.service.workspace, app.name)
        return "" if known is None else known[1]

    def _find(self, payload: dict[str, Any]) -> tuple[App, AppSpec]:
        if _text(payload, "service") is not None:
            service, _ = self._service(payload)
            for name, app in service.apps.items():
                known = self._catalogue.known(service.workspace, name)
                if known is not None:
                    return app, known[0]
            raise CommandError(f"{service.workspace}/{service.name} has no page to open")
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

    def _address(self, app: App, service_id: str | None) -> dict[str, Any]:
        workspace = app.service.workspace
        site = self._site(workspace)
        url = site.origin + site.path(app.name, service_id)
        return {"workspace": workspace, "app": app.name, "service_id": service_id, "url": url}

    def _printed(self, app: App, service_id: str | None) -> dict[str, Any]:
        """With a ticket for a person or a program that spends it, some time from now."""
        self._lifetime.hold(self._hub.settings.keep_no_window)
        key = WindowKey(app.service.workspace, app.name, service_id)
        ticket = self._ticket(key, self._hub.settings.printed_ticket_life)
        return {**self._address(app, service_id), "ticket_url": ticket}

    def adopt(self, host: AdoptedHost) -> None:
        """Take over the windows of a runtime that was killed; their host has started us."""
        self._windows.adopt(host, self._is_found_again)

    def _is_found_again(self, key: WindowKey, options: WindowOptions) -> bool:
        """Make a window's app known; False when it is not installed any more."""
        try:
            self._catalogue.open(options.target)
        except LibraryError:
            return False
        with contextlib.suppress(NoSite):
            self._sites.of_workspace(key.workspace)
            return (key.workspace, key.app) in self._hub.apps
        return False

    def _site(self, workspace: str) -> Site:
        try:
            return self._sites.of_workspace(workspace)
        except NoSite as error:
            raise CommandError(str(error), exit_code=4) from error

    def _ticket(self, key: WindowKey, life: float) -> str:
        # Whoever was given a ticket finds the runtime for as long as it is good.
        self._lifetime.hold(life)
        self._site(key.workspace)
        return self._sites.issue_ticket(*key, life)

    def _is_unspent(self, key: WindowKey, url: str) -> bool:
        return self._site(key.workspace).ticket_valid(url.rpartition("/")[2])


def _text(payload: dict[str, Any], key: str) -> str | None:
    value = payload.get(key)
    if value is not None and not isinstance(value, str):
        raise CommandError(f"{key} must be text", exit_code=2)
    return value or None
