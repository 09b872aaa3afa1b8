"""From the manifests of the library to what the hub serves; a workspace belongs to who claimed it first."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from narvi_desktop.library.finder import Finder, Source
from narvi_desktop.library.manifest import AppSpec, LibraryError, Manifest, ServiceSpec
from narvi_desktop.server.hub import App, Hub, Service
from narvi_desktop.library.manifest import RESERVED_WORKSPACES, AppSpec, LibraryError, Manifest, ServiceSpec
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.registry import App, Service
from narvi_desktop.server.resources import Roots
from narvi_desktop.state import json_store as kept
from narvi_desktop.state.config import Config
from narvi_desktop.state.names import RESERVED_WORKSPACES, SYSTEM
from narvi_desktop.state.paths import Paths


class WorkspaceTaken(LibraryError):
    """Another source has claimed the workspace; names both places."""


class Catalogue:
    """Finds apps and makes their workspace known to the hub while the runtime runs."""

    def __init__(self, hub: Hub, finder: Finder, paths: Paths, config: Config) -> None:
        self._hub = hub
        self._finder = finder
        self._paths = paths
        self._config = config
        self._claims_file = paths.state / "workspaces.json"
        # Ours are ours from the start, wherever this version of us is installed.
        self._bundled = {source.manifest.workspace for source in finder.bundled() if source.manifest is not None}
        self._claims: dict[str, str] = kept.load(self._claims_file, _parse_claims, {})
        # By workspace and folder: ours has several, of every other there is one.
        self._registered: dict[tuple[str, Path], Manifest] = {}
        self._asked: dict[tuple[str, Path], str] = {}  # what finds the folder again
        # Objects of ours that a bundled service in a thread is given, by (workspace, service).
        self.given: dict[tuple[str, str], dict[str, Any]] = {}

    def open(self, text: str) -> tuple[App, AppSpec]:
        """The app that a path or name means, registered with its workspace's others. Raises LibraryError."""
        source, spec = self._finder.find(text)
        assert source.manifest is not None
        manifest = source.manifest
        self._claim(source, manifest.workspace)
        place = (manifest.workspace, source.folder)
        if self._registered.get(place) != manifest:
            self._register(source, manifest)
        self._asked[place] = text if source.kind == "path" else f"{manifest.workspace}/{{}}"
        return self._hub.apps[manifest.workspace, spec.name], spec

    def known(self, workspace: str, app: str) -> tuple[AppSpec, str] | None:
        """An app that has been opened before or whose workspace has: its manifest's part, and what opens it again."""
        for place, manifest in self._registered.items():
            if place[0] == workspace and app in manifest.apps:
                return manifest.apps[app], self._asked[place].replace("{}", app)
        return None

    def complaint(self, source: Source) -> str:
        """Why a folder's workspace cannot be its own, or nothing."""
        try:
            if source.manifest is not None:
                self._check_claim(source, source.manifest.workspace)
        except WorkspaceTaken as error:
            return str(error)
        return ""

    def unregister(self, workspace: str) -> None:
        """The next use of the workspace reads its manifest anew."""
        for place in [place for place in self._registered if place[0] == workspace]:
            del self._registered[place]
        self._hub.unregister(workspace)

    def hand_over(self, workspace: str, owner: Path, heir: Path) -> None:
        """Who installs the folder that owns the workspace takes the workspace along."""
        if self._claims.get(workspace) == str(owner):
            self._claims[workspace] = str(heir)
            kept.save(self._claims_file, self._claims)

    def forget(self, folder: Path, workspace: str) -> None:
        """A folder is gone: its workspace is free."""
        if self._claims.get(workspace) == str(folder):
            del self._claims[workspace]
            kept.save(self._claims_file, self._claims)

    def _claim(self, source: Source, workspace: str) -> None:
        if source.kind == "bundled":
            return
        self._check_claim(source, workspace)
        place = str(source.folder)
        if self._claims.get(workspace) != place:
            self._claims[workspace] = place
            kept.save(self._claims_file, self._claims)

    def _check_claim(self, source: Source, workspace: str) -> None:
        if source.kind == "bundled":
            return
        place = str(source.folder)
        if workspace in RESERVED_WORKSPACES:
            raise WorkspaceTaken(f"{place}: the workspace {workspace!r} is reserved; choose another name.")
        if workspace in self._bundled:
            raise WorkspaceTaken(
                f"The workspace {workspace!r} is that of narvi-desktop's own app; {place} names it too. "
                "Give yours another name."
            )
        owner = self._claims.get(workspace, place)
        if owner != place and Path(owner).exists():
            raise WorkspaceTaken(
                f"The workspace {workspace!r} belongs to {owner}; {place} names it too. Give one of them another name."
            )

    def _register(self, source: Source, manifest: Manifest) -> None:
        """Register anew what a manifest says; it may have changed since it was last opened."""
        workspace = manifest.workspace
        before = [
            (place, old)
            for place, old in self._registered.items()
            if place[0] == workspace and (place[1] == source.folder or workspace != SYSTEM)
        ]
        names = {name for _, old in before for name in old.services}
        if any(one.service.workspace == workspace and one.service.name in names for one in self._hub.instances):
            return  # what runs goes on as it is; the next start reads the new manifest
        self._hub.unregister(workspace, names)
        for place, _ in before:
            del self._registered[place]
        services = {
            name: self._hub.register_service(self._service(source, manifest, spec))
            for name, spec in manifest.services.items()
        }
        for app in manifest.apps.values():
            self._hub.register_app(
                app.name, services[app.service], app.parameters, _roots(app), app.service_chooser, app.title
            )
        self._registered[workspace, source.folder] = manifest

    def _service(self, source: Source, manifest: Manifest, spec: ServiceSpec) -> Service:
        if spec.isolation == "thread" and not self._may_use_threads(source, manifest):
            raise LibraryError(
                f"{manifest.folder}: services.{spec.name}.isolation: a thread needs trust; "
                f'write trusted_threads = ["{manifest.workspace}"] into {self._paths.config / "config.toml"}.'
            )
        given = self.given.get((manifest.workspace, spec.name), {}) if source.kind == "bundled" else {}
        return Service(
            workspace=manifest.workspace,
            name=spec.name,
            service_class=spec.service_class,
            parameters={**_with_data(spec.parameters, self._data_folder(source, manifest)), **given},
            fixed_service_id=spec.service_id,
            shared=spec.shared,
            validator=spec.validator,
            idle_timeout=spec.idle_timeout,
            isolation=spec.isolation,
            python=_python(spec),
            folder=manifest.folder,
            background=spec.background,
        )

    def _may_use_threads(self, source: Source, manifest: Manifest) -> bool:
        return source.kind == "bundled" or manifest.workspace in self._config.trusted_threads

    def _data_folder(self, source: Source, manifest: Manifest) -> Path:
        name = manifest.workspace
        if source.kind == "path":
            # Two folders may name one workspace one after the other: each keeps its own data.
            name += "-" + hashlib.sha256(str(manifest.folder).encode()).hexdigest()[:12]
        folder = self._paths.data / "data" / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


def _parse_claims(value: Any) -> dict[str, str]:
    return {str(name): str(place) for name, place in value.items()}


def _python(spec: ServiceSpec) -> Sequence[str]:
    return (sys.executable,) if spec.python is None else (str(spec.python),)


def _roots(app: AppSpec) -> Roots:
    roots: dict[str | tuple[str, str], str | Path] = {}
    roots.update(app.files.items())
    if app.web is not None:
        roots["", "**"] = app.web
    return roots


def _with_data(value: Any, folder: Path) -> Any:
    """Parameters with {data} replaced by the data folder, however deep it stands."""
    if isinstance(value, str):
        return value.replace("{data}", str(folder))
    if isinstance(value, dict):
        return {key: _with_data(item, folder) for key, item in value.items()}
    return [_with_data(item, folder) for item in value] if isinstance(value, list) else value
