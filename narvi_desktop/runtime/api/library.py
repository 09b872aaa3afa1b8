"""Apps that are added and removed while the runtime runs."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from pathlib import Path
from typing import Any

from narvi_desktop.library import install as library
from narvi_desktop.library.finder import Finder, Source
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.runtime.app_registry import Catalogue
from narvi_desktop.runtime.menu_entries import Launcher
from narvi_desktop.server.control import Command, CommandError
from narvi_desktop.server.control import Command
from narvi_desktop.server.errors import CommandError
from narvi_desktop.server.hub import Hub
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.recent_apps import Used
from narvi_desktop.windows.manager import WindowManager


class Changing:
    """Commands that change what is installed; one at a time, since each looks before it acts."""

    def __init__(
        self, hub: Hub, finder: Finder, catalogue: Catalogue, windows: WindowManager, used: Used, paths: Paths
    ) -> None:
        self._hub = hub
        self._finder = finder
        self._catalogue = catalogue
        self._windows = windows
        self._used = used
        self._paths = paths
        self._one_at_a_time = asyncio.Lock()
        self._launcher = Launcher(finder)
        if paths.installed.is_dir():
            with contextlib.suppress(OSError):
                library.tidy(paths.installed)  # a runtime that was killed may have left an app half replaced
        self.table: dict[str, Command] = {
            "install": self.install,
            "remove": self.remove,
            "launcher": self.launcher,
        }

    async def install(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Install a folder or zip; `replace` allows it to take the place of what is installed."""
        path, replace = payload.get("path"), payload.get("replace") is True
        if not isinstance(path, str) or not Path(path).is_absolute():
            raise CommandError("name an app's folder or zip by its whole path", exit_code=2)
        async with self._one_at_a_time:
            try:
                staged = await asyncio.to_thread(library.stage, Path(path), self._paths.installed)
            except (LibraryError, OSError) as error:
                raise CommandError(str(error), exit_code=2) from error
            try:
                self._catalogue.hand_over(staged.manifest.workspace, Path(path).resolve(), staged.target)
                return await self._commit(staged, replace)
            except (LibraryError, OSError) as error:
                staged.discard()
                known = isinstance(error, library.AlreadyInstalled)
                more = " Add --replace to replace it; its data stays." if known else ""
                raise CommandError(str(error) + more, exit_code=2, status=409 if known else 400) from error

    async def _commit(self, staged: library.Staged, replace: bool) -> dict[str, Any]:
        workspace = staged.manifest.workspace
        complaint = self._catalogue.complaint(Source("installed", staged.target, staged.manifest, ""))
        if complaint:
            raise LibraryError(complaint)
        if replace:
            await self._end(workspace)
        manifest = await asyncio.to_thread(staged.commit, replace)
        title = manifest.first_app.title
        asked = f"{workspace}/{manifest.first_app.name}"
        return {"app": asked, "title": title, "folder": str(manifest.folder), "message": f"{title} is installed."}

    async def remove(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Remove an installed app; with `data` also what it has stored."""
        text = payload.get("app")
        async with self._one_at_a_time:
            source = self._installed(text if isinstance(text, str) else "")
            workspace = source.folder.name if source.manifest is None else source.manifest.workspace
            title = source.folder.name if source.manifest is None else source.manifest.first_app.title
            await self._end(workspace)
            try:
                await asyncio.to_thread(library.remove, source.folder, self._paths.installed)
            except (LibraryError, OSError) as error:
                raise CommandError(f"{title} cannot be removed: {error}") from error
            self._forget(source, workspace)
            data = self._paths.data / "data" / workspace
            if payload.get("data") is True:
                await asyncio.to_thread(shutil.rmtree, data, ignore_errors=True)
            stays = f" What it has stored stays in {data}." if data.exists() and any(data.iterdir()) else ""
            return {"message": f"{title} is removed.{stays}", "data": str(data) if stays else ""}

    async def launcher(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Our entries in the person's menu: `do` is "add", "remove" or "status"; without `app` ourselves."""
        do, app = payload.get("do"), payload.get("app")
        if do not in ("add", "remove", "status") or not isinstance(app, (str, type(None))):
            raise CommandError('launcher takes do: "add", "remove" or "status"', exit_code=2)
        try:
            if do == "status":
                return self._launcher.status()
            return await asyncio.to_thread(self._launcher.add if do == "add" else self._launcher.remove, app)
        except LibraryError as error:
            raise CommandError(str(error)) from error

    def _forget(self, source: Source, workspace: str) -> None:
        self._catalogue.forget(source.folder, workspace)
        for name in () if source.manifest is None else source.manifest.apps:
            self._used.forget(f"{workspace}/{name}")
            with contextlib.suppress(LibraryError):
                self._launcher.remove(f"{workspace}/{name}")

    def _installed(self, text: str) -> Source:
        for source in self._finder.sources():
            manifest = source.manifest
            names = [str(source.folder), source.folder.name]
            if manifest is not None:
                apps = list(manifest.apps)
                names = [str(source.folder), *apps, *(f"{manifest.workspace}/{name}" for name in apps)]
            if text in names and source.kind == "installed":
                return source
            if text in names:
                how = "comes with narvi-desktop" if source.kind == "bundled" else "comes with a Python package: use pip"
                raise CommandError(f"{text} cannot be removed: it {how}.", exit_code=2)
        raise CommandError(f"No app {text!r} is installed.", exit_code=2)

    async def _end(self, workspace: str) -> None:
        """Close the windows of a workspace and stop all that runs there."""
        self._windows.close(lambda key: key.workspace == workspace)
        for (place, _), service in list(self._hub.services.items()):
            if place == workspace:
                await self._hub.stop(service)
        self._catalogue.unregister(workspace)
