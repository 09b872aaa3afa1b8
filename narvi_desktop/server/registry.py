"""What is registered: services and apps, by workspace and name."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .resources import Resources, Roots


# eq=False: two registrations are the same only if they are the same object. Fields may hold objects of the
# program whose __eq__ fails, and a comparison of service and apps would go round in a circle.
@dataclass(eq=False)
class Service:
    """A registered application service.

    Attributes:
        service_class: the class itself, a dotted path, or ``module:Class``.
        validator: a callable or ``module:name``; (service_id) -> bool.
        isolation: "thread" (parameters may be any objects) or "process" (parameters are JSON types).
        python: the command of the interpreter, for processes.
        folder: the current directory of the worker.
        code_folder: first on the import path; None where the class is importable anyway.
        variant: tells services of one name apart, which only the embedding API has.
        share_objects: send_to_app hands over the object itself; for services of one program alone.
    """

    workspace: str
    name: str
    service_class: Any
    parameters: dict[str, Any] = field(default_factory=dict)
    fixed_service_id: str | None = None
    shared: bool = True
    validator: Any = None
    idle_timeout: float = 3600
    isolation: str = "thread"
    python: Sequence[str] = (sys.executable,)
    folder: Path | None = None
    code_folder: Path | None = None
    background: bool = False
    variant: int = 0
    share_objects: bool = False
    apps: dict[str, App] = field(default_factory=dict)

    @property
    def class_name(self) -> str:
        return str(getattr(self.service_class, "__qualname__", self.service_class))


@dataclass(eq=False)
class App:
    """A registered app: a page and the service that it talks to."""

    name: str
    service: Service
    parameters: dict[str, Any]
    resources: Resources
    service_chooser: str | None = None
    title: str = ""


class Registry:
    """The services and apps that can be opened. Used on the event loop only."""

    def __init__(self) -> None:
        self.services: dict[tuple[str, str], Service] = {}
        self.apps: dict[tuple[str, str], App] = {}

    def register_service(self, service: Service) -> Service:
        """Add a service. Raises ValueError when the workspace has one of this name."""
        key = (service.workspace, service.name)
        if key in self.services:
            raise ValueError(f"the workspace {service.workspace!r} has a service {service.name!r} already")
        self.services[key] = service
        return service

    def register_app(
        self,
        app_name: str,
        service: Service,
        parameters: Mapping[str, Any] | None = None,
        resource_roots: Roots | None = None,
        service_chooser: str | None = None,
        title: str = "",
    ) -> App:
        """Add an app. Raises ValueError when the workspace has one of this name."""
        key = (service.workspace, app_name)
        if key in self.apps:
            raise ValueError(f"the workspace {service.workspace!r} has an app {app_name!r} already")
        resources = Resources(resource_roots or {})
        app = App(app_name, service, dict(parameters or {}), resources, service_chooser, title)
        self.apps[key] = service.apps[app_name] = app
        return app

    def unregister(self, workspace: str, names: Collection[str] | None = None) -> None:
        """Remove services of a workspace, none of which runs, with their apps; None: all of them."""
        keys = [key for key in self.services if key[0] == workspace and (names is None or key[1] in names)]
        for key in keys:
            for app in self.services.pop(key).apps:
                del self.apps[workspace, app]
