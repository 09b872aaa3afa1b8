"""What the control API can do."""

from __future__ import annotations

import os
import webbrowser
from typing import Any

import narvi_desktop
from narvi_desktop.library.manifest import AppSpec, LibraryError
from narvi_desktop.server.control import Command, CommandError, Leaving
from narvi_desktop.server.hub import App, Hub
from narvi_desktop.server.instance import InstanceFailed, InstanceRefused
from narvi_desktop.server.site import Sites
from narvi_desktop.windows.manager import WindowFailed, WindowKey, WindowManager
from narvi_desktop.windows.probe import why_not

from .catalogue import Catalogue
from .client import DISPLAY_VARIABLES
from .lifetime import Lifetime

WAYS = ("window", "browser", "print", "none")


class Commands:
    """Each takes and returns a JSON object; raises CommandError."""

    def __init__(
        self, hub: Hub, sites: Sites, catalogue: Catalogue, lifetime: Lifetime, windows: WindowManager
    ) -> None:
        self._hub = hub
        self._sites = sites
        self._catalogue = catalogue
        self._lifetime = lifetime
        self._windows = windows
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
        app, spec = self._find(payload)
        service_id = self._service_id(app, payload)
        if service_id is not None:
            await self._started(app, service_id)
        answer = self._address(app, service_id, printed=how in ("print", "none"))
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

    async def _started(self, app: App, service_id: str) -> None:
        self._hub.ask_again(app.service, service_id)
        try:
            await self._hub.acquire(app.service, service_id, for_session=False)
        except InstanceRefused:
            raise CommandError(f"{app.name} does not know the service id {service_id!r}", exit_code=2) from None
        except InstanceFailed as error:
            log = self._hub.log_of(app.service).path
            raise CommandError(f"{app.title or app.name} could not start; its log is {log}.", error.detail) from error

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
        """Window, else browser, else a printed address; one line says which and why."""
        url, because = answer["ticket_url"], ""
        if how == "window":
            try:
                return "window", await self._in_window(spec, answer, payload)
            except WindowFailed as error:
                how, because = "browser", f" ({error})"
        if how == "browser":
            if webbrowser.open(url):
                return "browser", f"{spec.title} is open in the browser{because}."
            return "print", f"{spec.title} has no window and no browser{because}; open this address: {url}"
        return how, f"{spec.title} runs." if how == "none" else url

    async def _in_window(self, spec: AppSpec, answer: dict[str, Any], payload: dict[str, Any]) -> str:
        given = payload.get("environment") or {}
        environment = {name: str(given[name]) for name in DISPLAY_VARIABLES if name in given}
        reason = why_not(environment)
        if reason is not None:
            raise WindowFailed(reason)
        key = WindowKey(answer["workspace"], answer["app"], answer["service_id"])
        look = {
            "title": spec.title,
            "width": spec.window.width,
            "height": spec.window.height,
            "debug": payload.get("debug") is True,
            "icon": None if spec.icon is None else str(spec.icon),
        }
        new = payload.get("new_window") is True
        focused = await self._windows.open(key, answer["ticket_url"], look, environment, new)
        return f"{spec.title} is open already." if focused else f"{spec.title} is open."


def _text(payload: dict[str, Any], key: str) -> str | None:
    value = payload.get(key)
    if value is not None and not isinstance(value, str):
        raise CommandError(f"{key} must be text", exit_code=2)
    return value or None
