"""Look apps up by reference, and register them and their services with the server."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from narvi_desktop.control.errors import ControlError, ExitCode
from narvi_desktop.control.requests import Target
from narvi_desktop.library.finder import Finder, FoundApp, Source
from narvi_desktop.library.manifest import AppSpec, LibraryError, Manifest, ServiceSpec
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.registry import App, Service
from narvi_desktop.server.resources import Roots
from narvi_desktop.state.config import Config
from narvi_desktop.state.names import SYSTEM, AppRef, WindowKey
from narvi_desktop.state.paths import Paths

from .workspace_claims import WorkspaceClaims

# Parameters of bundled services that are objects of this process, by workspace and service.
EmbeddedParameters = Mapping[tuple[str, str], Mapping[str, Any]]


@dataclass(frozen=True)
class RegisteredApp:
    """An app that the server knows, its part of the manifest, and the reference that finds it again."""

    app: App
    spec: AppSpec
    ref: AppRef

    @property
    def service(self) -> Service:
        return self.app.service

    @property
    def title(self) -> str:
        return self.spec.title

    def key(self, service_id: str | None) -> WindowKey:
        """Return what a window of this app shows."""
        return WindowKey(self.service.workspace, self.app.name, service_id)

    def resolve_service_id(self, requested: str | None) -> str | None:
        """Return the service id to use; None when the app has another app choose it. Raises ControlError."""
        fixed = self.service.fixed_service_id
        if fixed is not None and requested not in (None, fixed):
            sentence = f"{self.app.name} has one service id, {fixed!r}; leave --service-id out."
            raise ControlError(sentence, exit_code=ExitCode.USAGE)
        if fixed is None and requested is None and self.app.service_chooser is None:
            sentence = f"{self.app.name} needs a service id: add --service-id NAME."
            raise ControlError(sentence, exit_code=ExitCode.USAGE)
        return fixed or requested


@dataclass(frozen=True)
class _Registration:
    """A manifest as it is registered."""

    source: Source
    manifest: Manifest


class AppRegistry:
    """The apps of this run. Used on the event loop only."""

    def __init__(
        self,
        hub: Hub,
        finder: Finder,
        claims: WorkspaceClaims,
        paths: Paths,
        config: Config,
        embedded: EmbeddedParameters,
    ) -> None:
        self._hub = hub
        self._finder = finder
        self._claims = claims
        self._paths = paths
        self._config = config
        self._embedded = embedded
        # By workspace and folder: the system workspace has several folders, every other one.
        self._registrations: dict[tuple[str, Path], _Registration] = {}

    def open(self, ref: AppRef, directory: Path | None = None) -> RegisteredApp:
        """Find an app and register it, with the others of its folder.

        Args:
            directory: the caller's current one, for a hint in the error.

        Raises:
            LibraryError: there is no such app, or its folder cannot be used.
        """
        found = self._finder.find(ref, directory)
        workspace = found.manifest.workspace
        self._claims.claim(found.source, workspace)
        registration = self._registrations.get((workspace, found.source.folder))
        if registration is None or registration.manifest != found.manifest:
            self._register(found.source, found.manifest)
        return RegisteredApp(self._hub.apps[workspace, found.spec.name], found.spec, found.ref)

    def resolve(self, target: Target, directory: Path | None = None) -> RegisteredApp:
        """Return the app that a command is about. Raises LibraryError, ControlError."""
        if target.service is not None:
            return self._app_of(self.service(target))
        if target.app is None:
            raise ControlError("Name an app.", exit_code=ExitCode.USAGE)
        return self.open(target.app, directory)

    def service(self, target: Target) -> Service:
        """Return the service that a command is about. Raises LibraryError, ControlError."""
        if target.service is None:
            return self.resolve(target).service
        service = self._hub.services.get((target.workspace or "", target.service))
        if service is None:
            # Not used in this run yet, but it may be known.
            return self.open(self._finder.find_service(target.workspace or "", target.service).ref).service
        return service

    def problem(self, source: Source) -> str:
        """Return why a folder cannot have its workspace; empty when it can."""
        try:
            if source.manifest is not None:
                self._claims.check(source, source.manifest.workspace)
        except LibraryError as error:
            return str(error)
        return ""

    def unregister(self, workspace: str) -> None:
        """Forget what is registered; the next use of the workspace reads its manifest again."""
        for key in [key for key in self._registrations if key[0] == workspace]:
            del self._registrations[key]
        self._hub.unregister(workspace)

    def _app_of(self, service: Service) -> RegisteredApp:
        """Return the first app of a service."""
        for registration in self._registrations.values():
            for name, app in service.apps.items():
                spec = registration.manifest.apps.get(name)
                if spec is not None and registration.manifest.workspace == service.workspace:
                    found = FoundApp(registration.source, registration.manifest, spec)
                    return RegisteredApp(app, spec, found.ref)
        raise ControlError(f"{service.workspace}/{service.name} has no page to open.")

    def _register(self, source: Source, manifest: Manifest) -> None:
        """Register the services and apps of a manifest, in place of those of its last version."""
        old = dict(self._replaced_by(source, manifest.workspace))
        names = {name for registration in old.values() for name in registration.manifest.services}
        if any(
            instance.service.workspace == manifest.workspace and instance.service.name in names
            for instance in self._hub.instances
        ):
            return  # what runs goes on as it is; the next start reads the new manifest
        self._hub.unregister(manifest.workspace, names)
        for key in old:
            del self._registrations[key]
        services = {
            name: self._hub.register_service(self._make_service(source, manifest, spec))
            for name, spec in manifest.services.items()
        }
        for app in manifest.apps.values():
            self._hub.register_app(
                app.name, services[app.service], app.parameters, _roots(app), app.service_chooser, app.title
            )
        self._registrations[manifest.workspace, source.folder] = _Registration(source, manifest)

    def _replaced_by(self, source: Source, workspace: str) -> Iterator[tuple[tuple[str, Path], _Registration]]:
        for key, registration in self._registrations.items():
            if key[0] == workspace and (key[1] == source.folder or workspace != SYSTEM):
                yield key, registration

    def _make_service(self, source: Source, manifest: Manifest, spec: ServiceSpec) -> Service:
        if spec.isolation == "thread" and not self._may_use_threads(source, manifest):
            raise LibraryError(
                f"{manifest.folder}: services.{spec.name}.isolation: a thread needs trust; "
                f'write trusted_threads = ["{manifest.workspace}"] into {self._paths.config / "config.toml"}.'
            )
        parameters = _replace_data(spec.parameters, self._data_folder(source, manifest))
        if source.kind == "bundled":
            parameters |= self._embedded.get((manifest.workspace, spec.name), {})
        return Service(
            workspace=manifest.workspace,
            name=spec.name,
            service_class=spec.service_class,
            parameters=parameters,
            fixed_service_id=spec.service_id,
            shared=spec.shared,
            validator=spec.validator,
            idle_timeout=spec.idle_timeout,
            isolation=spec.isolation,
            python=(sys.executable,) if spec.python is None else (str(spec.python),),
            folder=manifest.folder,
            code_folder=manifest.code_folder,
            background=spec.background,
        )

    def _may_use_threads(self, source: Source, manifest: Manifest) -> bool:
        return source.kind == "bundled" or manifest.workspace in self._config.trusted_threads

    def _data_folder(self, source: Source, manifest: Manifest) -> Path:
        name = manifest.workspace
        if source.kind == "path":
            # Two folders may use one workspace, one after the other: each keeps its own data.
            name += "-" + hashlib.sha256(str(manifest.folder).encode()).hexdigest()[:12]
        folder = self._paths.data / "data" / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


def _roots(app: AppSpec) -> Roots:
    roots: dict[str | tuple[str, str], str | Path] = {}
    roots.update(app.files.items())
    if app.web is not None:
        roots["", "**"] = app.web
    return roots


def _replace_data(value: Any, folder: Path) -> Any:
    """Return parameters with {data} replaced by the data folder, at any depth."""
    if isinstance(value, str):
        return value.replace("{data}", str(folder))
    if isinstance(value, dict):
        return {key: _replace_data(item, folder) for key, item in value.items()}
    return [_replace_data(item, folder) for item in value] if isinstance(value, list) else value
