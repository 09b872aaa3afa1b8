"""What home shows: every app that is known, what of it runs, and what is wrong with it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

from narvi_desktop.library.finder import Finder, Source
from narvi_desktop.library.manifest import AppSpec, Manifest
from narvi_desktop.runtime.app_registry import Catalogue
from narvi_desktop.server.control import Command, CommandError
from narvi_desktop.server.hub import Hub, Service
from narvi_desktop.server.control import Command
from narvi_desktop.server.errors import CommandError
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.registry import Service
from narvi_desktop.server.site import SYSTEM
from narvi_desktop.state.recent_apps import Used
from narvi_desktop.windows.manager import WindowManager

_LOG_LINES = 300
# What a person should hear of first, of an app whose service runs more than once.
_STATES = ("stuck", "failed", "restarting", "starting", "stopping", "running", "idle")


class Shelf:
    """Commands that only tell; belongs to the loop."""

    def __init__(self, hub: Hub, finder: Finder, catalogue: Catalogue, windows: WindowManager, used: Used) -> None:
        self._hub = hub
        self._finder = finder
        self._catalogue = catalogue
        self._windows = windows
        self._used = used
        self.table: dict[str, Command] = {"apps": self.apps, "log": self.log, "forget": self.forget}

    async def apps(self, payload: dict[str, Any]) -> dict[str, Any]:
        """A card for each app, in no order; `first` is true as long as nothing was ever opened."""
        paths = self._used.paths()
        sources = await asyncio.to_thread(self._read, paths)
        cards = [card for source in sources for card in self._cards(source)]
        return {"apps": cards, "first": not any(card["used"] for card in cards)}

    async def log(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The end of an app's log."""
        for source in self._read(self._used.paths()):
            for spec, asked in _apps(source):
                if asked == payload.get("app") and source.manifest is not None:
                    return self._log_of(source.manifest, spec)
        raise CommandError(f"There is no app {payload.get('app')!r}.", exit_code=2)

    async def forget(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take an app that was opened by path off the shelf; its folder stays as it is."""
        asked = payload.get("app")
        if not isinstance(asked, str) or not self._used.forget(asked):
            raise CommandError(f"{asked!r} is not among the apps that were opened by path.", exit_code=2)
        return {"message": f"{asked} is no longer shown; the folder is as it was."}

    def _read(self, paths: list[Any]) -> list[Source]:
        opened = (self._finder.source("path", path) for path in paths if path.is_dir())
        return [*self._finder.sources(), *opened]

    def _log_of(self, manifest: Manifest, spec: AppSpec) -> dict[str, Any]:
        service = self._hub.services.get((manifest.workspace, spec.service))
        if service is None:
            return {"title": spec.title, "path": "", "text": ""}
        log = self._hub.log_of(service)
        return {"title": spec.title, "path": str(log.path), "text": log.tail(_LOG_LINES)}

    def _cards(self, source: Source) -> Iterator[dict[str, Any]]:
        facts = {"kind": source.kind, "folder": str(source.folder)}
        if source.manifest is None:
            asked = str(source.folder)
            yield {**_BARE, **facts, "app": asked, "title": source.folder.name, "error": source.error}
            return
        windows = Counter((key.workspace, key.app) for key in self._windows.open_keys())
        complaint = self._catalogue.complaint(source)
        for spec, asked in _apps(source):
            use = self._used.of(asked)
            workspace = source.manifest.workspace
            yield {
                **_BARE,
                **facts,
                **self._running(workspace, spec),
                **({"error": complaint} if complaint else {}),
                "app": asked,
                "workspace": workspace,
                "name": spec.name,
                "title": spec.title,
                "description": spec.description,
                "icon": None if spec.icon is None else str(spec.icon),
                "windows": windows[workspace, spec.name],
                "used": use.at,
                "needs_id": source.manifest.services[spec.service].service_id is None and spec.service_chooser is None,
                "service_ids": use.service_ids,
            }

    def _running(self, workspace: str, spec: AppSpec) -> dict[str, Any]:
        service = self._hub.services.get((workspace, spec.service))
        if service is None:
            return {}
        instances = [instance for instance in self._hub.instances if instance.service is service]
        failures = list(self._hub.failures_of(service))
        states = [instance.state[0] for instance in instances] + [state for _, state, _, _ in failures]
        sessions = [session for instance in instances for session in instance.sessions.values()]
        return {
            "state": min(states, key=_STATES.index, default=""),
            "sessions": sum(session.app == spec.name for session in sessions),
            "error": self._error(service, failures),
            "detail": failures[0][3] if failures else "",
        }

    def _error(self, service: Service, failures: list[tuple[str, str, float, str]]) -> str:
        if not failures:
            return ""
        service_id, state, _, detail = failures[0]
        lines = detail.strip().splitlines() or ["it says nothing"]
        which = "" if service.fixed_service_id else f" ({service_id})"
        return f"{'It ended' if state == 'restarting' else 'It could not start'}{which}: {lines[-1]}"


_BARE: dict[str, Any] = {
    "workspace": "",
    "name": "",
    "description": "",
    "icon": None,
    "state": "",
    "windows": 0,
    "sessions": 0,
    "error": "",
    "detail": "",
    "used": 0.0,
    "needs_id": False,
    "service_ids": [],
}


def _apps(source: Source) -> Iterator[tuple[AppSpec, str]]:
    """The apps that a person opens, each with what opens it: not our own, nor those that only choose for others."""
    manifest = source.manifest
    if manifest is None or manifest.workspace == SYSTEM:
        return
    choosers = {spec.service_chooser for spec in manifest.apps.values()}
    for name, spec in manifest.apps.items():
        if name not in choosers:
            asked = str(source.folder) if source.kind == "path" else f"{manifest.workspace}/{name}"
            yield spec, asked
            if source.kind == "path":
                return  # a path opens the first app of its folder
