"""The commands that change what is installed and in the menu: install, remove, launcher."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from pathlib import Path

from narvi_desktop.control.answers import InstallAnswer, MessageAnswer, RemoveAnswer
from narvi_desktop.control.errors import AlreadyExists, ControlError, ExitCode
from narvi_desktop.control.requests import InstallRequest, MenuRequest, RemoveRequest
from narvi_desktop.library import install as installer
from narvi_desktop.library.finder import Finder, Source
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.runtime.app_registry import AppRegistry
from narvi_desktop.runtime.menu_entries import MenuEntries
from narvi_desktop.runtime.workspace_claims import WorkspaceClaims
from narvi_desktop.server.hub import Hub
from narvi_desktop.state.names import AppRef
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.recent_apps import RecentApps
from narvi_desktop.windows.manager import WindowManager


class LibraryCommands:
    """Used on the event loop only; files are copied and deleted in threads."""

    def __init__(
        self,
        hub: Hub,
        finder: Finder,
        registry: AppRegistry,
        claims: WorkspaceClaims,
        menu: MenuEntries,
        windows: WindowManager,
        recents: RecentApps,
        paths: Paths,
    ) -> None:
        self._hub = hub
        self._finder = finder
        self._registry = registry
        self._claims = claims
        self._menu = menu
        self._windows = windows
        self._recents = recents
        self._paths = paths
        # One change at a time: each looks at what is installed, then changes it.
        self._lock = asyncio.Lock()

    async def install(self, request: InstallRequest) -> InstallAnswer:
        """Install a folder or zip; `replace` allows it to take the place of what is installed."""
        path = Path(request.path)
        if not path.is_absolute():
            raise ControlError("Name an app's folder or zip by its absolute path.", exit_code=ExitCode.USAGE)
        async with self._lock:
            try:
                origin = await asyncio.to_thread(path.resolve)
                staged = await asyncio.to_thread(installer.stage, path, self._paths.installed)
            except OSError as error:
                raise LibraryError(str(error)) from error
            try:
                return await self._commit(staged, origin, request.replace)
            except installer.AlreadyInstalled as error:
                staged.discard()
                sentence = f"{error} Add --replace to replace it; its data stays."
                raise AlreadyExists(sentence, exit_code=ExitCode.USAGE) from error
            except (LibraryError, OSError) as error:
                staged.discard()
                raise LibraryError(str(error)) from error

    async def _commit(self, staged: installer.StagedInstall, origin: Path, replace: bool) -> InstallAnswer:
        workspace = staged.manifest.workspace
        self._claims.transfer(workspace, origin, staged.target)
        self._claims.check(Source("installed", staged.target, staged.manifest, ""), workspace)
        if replace:
            await self._stop_workspace(workspace)
        manifest = await asyncio.to_thread(staged.commit, replace)
        app = manifest.first_app
        ref = AppRef.of(workspace, app.name)
        return InstallAnswer(str(ref), app.title, str(manifest.folder), f"{app.title} is installed.")

    async def remove(self, request: RemoveRequest) -> RemoveAnswer:
        """Remove an installed app; with `data` also what it has stored."""
        async with self._lock:
            source = self._installed(request.app)
            workspace = source.folder.name if source.manifest is None else source.manifest.workspace
            title = source.folder.name if source.manifest is None else source.manifest.first_app.title
            await self._stop_workspace(workspace)
            try:
                await asyncio.to_thread(installer.remove, source.folder, self._paths.installed)
            except (LibraryError, OSError) as error:
                raise ControlError(f"{title} cannot be removed: {error}") from error
            self._forget(source, workspace)
            data = self._paths.data / "data" / workspace
            if request.data:
                await asyncio.to_thread(shutil.rmtree, data, ignore_errors=True)
            if data.exists() and any(data.iterdir()):
                return RemoveAnswer(f"{title} is removed. What it has stored stays in {data}.", str(data))
            return RemoveAnswer(f"{title} is removed.")

    async def change_menu(self, request: MenuRequest) -> MessageAnswer:
        """Add, remove or list entries of the desktop's menu."""
        return await asyncio.to_thread(self._menu.change, request.do, request.app)

    def _forget(self, source: Source, workspace: str) -> None:
        self._claims.release(workspace, source.folder)
        for name in () if source.manifest is None else source.manifest.apps:
            ref = AppRef.of(workspace, name)
            self._recents.forget(ref)
            with contextlib.suppress(LibraryError):
                self._menu.remove(ref)

    def _installed(self, app: AppRef) -> Source:
        """Return the installed folder that is named by itself or by one of its apps. Raises ControlError."""
        for source in self._finder.sources():
            manifest = source.manifest
            names = [str(source.folder), source.folder.name]
            if manifest is not None:
                apps = list(manifest.apps)
                names = [str(source.folder), *apps, *(str(AppRef.of(manifest.workspace, name)) for name in apps)]
            if app.text not in names:
                continue
            if source.kind == "installed":
                return source
            how = "comes with narvi-desktop" if source.kind == "bundled" else "comes with a Python package: use pip"
            raise ControlError(f"{app} cannot be removed: it {how}.", exit_code=ExitCode.USAGE)
        raise ControlError(f"No app {app.text!r} is installed.", exit_code=ExitCode.USAGE)

    async def _stop_workspace(self, workspace: str) -> None:
        """Close the windows of a workspace, stop all that runs there, and forget what is registered."""
        self._windows.close(lambda key: key.workspace == workspace)
        for (name, _), service in list(self._hub.services.items()):
            if name == workspace:
                await self._hub.stop(service)
        self._registry.unregister(workspace)
