"""The cards of home: every app that is known, what of it runs, and what is wrong with it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from narvi_desktop.control.answers import AppCard
from narvi_desktop.library.finder import Finder, FoundApp, Source
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.registry import Service
from narvi_desktop.state.names import SYSTEM, AppRef
from narvi_desktop.state.recent_apps import RecentApps
from narvi_desktop.windows.manager import WindowManager

from .app_registry import AppRegistry

# Of an app whose service runs more than once, the first of these states is shown.
_STATES = ("stuck", "failed", "restarting", "starting", "stopping", "running", "idle")


class AppList:
    """Used on the event loop only; manifests are read in a thread."""

    def __init__(
        self, hub: Hub, finder: Finder, registry: AppRegistry, windows: WindowManager, recents: RecentApps
    ) -> None:
        self._hub = hub
        self._finder = finder
        self._registry = registry
        self._windows = windows
        self._recents = recents

    async def cards(self) -> list[AppCard]:
        """Return a card for each app, in no order."""
        return [card for source in await self._sources() for card in self._cards(source)]

    async def find(self, ref: AppRef) -> FoundApp | None:
        """Return the app of a card."""
        apps = (found for source in await self._sources() for found in _apps(source))
        return next((found for found in apps if found.ref == ref), None)

    async def _sources(self) -> list[Source]:
        return await asyncio.to_thread(self._read_sources, self._recents.folders())

    def _read_sources(self, folders: list[Path]) -> list[Source]:
        opened = (self._finder.source("path", folder) for folder in folders if folder.is_dir())
        return [*self._finder.sources(), *opened]

    def _cards(self, source: Source) -> Iterator[AppCard]:
        if source.manifest is None:
            folder = str(source.folder)
            yield AppCard(folder, source.folder.name, source.kind, folder, error=source.error)
            return
        problem = self._registry.problem(source)
        windows = Counter((key.workspace, key.app) for key in self._windows.open_keys())
        for found in _apps(source):
            yield self._card(found, problem, windows[found.manifest.workspace, found.spec.name])

    def _card(self, found: FoundApp, problem: str, windows: int) -> AppCard:
        spec, workspace = found.spec, found.manifest.workspace
        use = self._recents.of(found.ref)
        service = self._hub.services.get((workspace, spec.service))
        state, sessions, error, detail = self._activity(service, spec.name)
        return AppCard(
            app=str(found.ref),
            title=spec.title,
            kind=found.source.kind,
            folder=str(found.source.folder),
            workspace=workspace,
            name=spec.name,
            description=spec.description,
            icon=None if spec.icon is None else str(spec.icon),
            state=state,
            windows=windows,
            sessions=sessions,
            error=problem or error,
            detail=detail,
            used=use.at,
            needs_id=found.manifest.services[spec.service].service_id is None and spec.service_chooser is None,
            service_ids=use.service_ids,
        )

    def _activity(self, service: Service | None, app: str) -> tuple[str, int, str, str]:
        """Return state, number of sessions, error and traceback of an app."""
        if service is None:
            return "", 0, "", ""
        instances = [instance for instance in self._hub.instances if instance.service is service]
        failures = list(self._hub.failures_of(service))
        states = [instance.state[0] for instance in instances] + [state for _, state, _, _ in failures]
        sessions = [session for instance in instances for session in instance.sessions.values()]
        return (
            min(states, key=_STATES.index, default=""),
            sum(session.app == app for session in sessions),
            _error(service, *failures[0]) if failures else "",
            failures[0][3] if failures else "",
        )


def _error(service: Service, service_id: str, state: str, _: float, detail: str) -> str:
    lines = detail.strip().splitlines() or ["there is no message"]
    which = "" if service.fixed_service_id else f" ({service_id})"
    return f"{'It ended' if state == 'restarting' else 'It could not start'}{which}: {lines[-1]}"


def _apps(source: Source) -> Iterator[FoundApp]:
    """Yield the apps that a person opens: not those of the system, nor those that only choose a service id."""
    manifest = source.manifest
    if manifest is None or manifest.workspace == SYSTEM:
        return
    choosers = {spec.service_chooser for spec in manifest.apps.values()}
    for name, spec in manifest.apps.items():
        if name not in choosers:
            yield FoundApp(source, manifest, spec)
            if source.kind == "path":
                return  # a path opens the first app of its folder
