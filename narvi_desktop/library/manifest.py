"""Read narvi.toml into checked values. A manifest never sets host, port, credentials or runtime options."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from narvi_desktop.state.names import NAME
from narvi_desktop.text import replace_control_chars

FILE_NAME = "narvi.toml"
_SIZE_LIMIT = 1024 * 1024
ON_CLOSE = ("keep", "stop", "ask")  # what closing an app's last window means for its service


class LibraryError(Exception):
    """A problem with an app folder that a person can fix; str() is the sentence to show."""


class ManifestError(LibraryError):
    """A manifest that cannot be used; names the file, the key and the fix."""

    def __init__(self, file: Path, key: str, problem: str) -> None:
        self.file, self.key, self.problem = file, key, problem
        super().__init__(f"{file}: {key}: {problem}" if key else f"{file}: {problem}")


@dataclass(frozen=True)
class WindowSpec:
    """The size of a window's content, in pixels."""

    width: int = 900
    height: int = 640


@dataclass(frozen=True)
class ServiceSpec:
    """A table ``[services.NAME]``."""

    name: str
    service_class: str
    service_id: str | None = None
    validator: str | None = None
    shared: bool = True
    idle_timeout: float = 3600
    background: bool = False
    isolation: str = "process"
    python: Path | None = None
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AppSpec:
    """A table ``[apps.NAME]``."""

    name: str
    service: str
    title: str
    description: str
    icon: Path | None
    web: Path | None
    files: dict[str, Path]
    service_chooser: str | None
    parameters: dict[str, Any]
    window: WindowSpec
    on_close: str


@dataclass(frozen=True)
class Manifest:
    """What an app folder says of itself.

    Attributes:
        code_folder: what is on the import path of its services: the folder itself, or that of the key ``path``.
    """

    folder: Path
    code_folder: Path
    version: str
    workspace: str
    services: dict[str, ServiceSpec]
    apps: dict[str, AppSpec]

    @property
    def first_app(self) -> AppSpec:
        return next(iter(self.apps.values()))


def load(folder: Path) -> Manifest:
    """Read the manifest of an app folder. Raises ManifestError."""
    folder = folder.resolve()
    file = folder / FILE_NAME
    try:
        with file.open("rb") as stream:
            data = stream.read(_SIZE_LIMIT + 1)
    except OSError as error:
        raise ManifestError(file, "", f"cannot be read ({error.strerror}); an app folder holds a {FILE_NAME}") from None
    if len(data) > _SIZE_LIMIT:
        raise ManifestError(file, "", "is larger than 1 MiB")
    try:
        values = tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise ManifestError(file, "", f"is not TOML: {error}") from None
    return _manifest(_Table(file, "", values), folder)


class _Table:
    """A table of the manifest. Its keys are taken one by one, so what is left at the end is unknown."""

    def __init__(self, file: Path, path: str, values: Mapping[str, Any]) -> None:
        self.file, self.path, self.values = file, path, dict(values)

    def error(self, key: str, problem: str) -> ManifestError:
        return ManifestError(self.file, f"{self.path}.{key}".strip("."), problem)

    def take(self, key: str, kind: type, default: Any = None) -> Any:
        if key not in self.values:
            return default
        value = self.values.pop(key)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.error(key, f"must be {_KINDS[kind]}, not {value!r}")
        return value

    def tables(self, key: str) -> dict[str, _Table]:
        found = {}
        for name, value in self.take(key, dict, {}).items():
            path = f"{self.path}.{key}.{name}".strip(".")
            if not isinstance(value, dict):
                raise ManifestError(self.file, path, "must be a table")
            _check_name(self.file, path, name)
            found[name] = _Table(self.file, path, value)
        return found

    def take_path(self, key: str, folder: Path, may_link_out: bool = False) -> Path | None:
        text = self.take(key, str)
        return None if text is None else self.resolve(key, text, folder, may_link_out)

    def resolve(self, key: str, text: str, folder: Path, may_link_out: bool = False) -> Path:
        """Return a path below the resolved folder, as written and, unless links may lead out, also as resolved."""
        relative = Path(text)
        if not text or "\0" in text or relative.is_absolute() or ".." in relative.parts:
            raise self.error(key, f"{text!r} leaves the app folder; write a path inside it")
        if not (folder / relative).exists():
            raise self.error(key, f"{text!r} does not exist in {folder}")
        if not may_link_out and not (folder / relative).resolve().is_relative_to(folder):
            raise self.error(key, f"{text!r} is a link that leads out of the app folder; put a copy inside it")
        return folder / relative

    def refuse_rest(self) -> None:
        """Raise ManifestError when a key is left that was not taken."""
        for key in self.values:
            raise self.error(key, "is not a known key; remove it or correct its spelling")


_KINDS = {str: "text", bool: "true or false", int: "a whole number", dict: "a table", object: "a value"}


def _check_name(file: Path, path: str, name: str) -> None:
    if not NAME.fullmatch(name):
        raise ManifestError(file, path, f"{name!r} is not a valid name: use a-z, 0-9, - and _, at most 64 characters")


def _manifest(table: _Table, folder: Path) -> Manifest:
    if table.take("manifest", int) != 1:
        raise table.error("manifest", "is missing; the file must say: manifest = 1")
    default = re.sub(r"[^a-z0-9_-]", "-", folder.name.lower())[:64].lstrip("-_") or "app"
    workspace = table.take("workspace", str, default)
    _check_name(table.file, "workspace", workspace)
    version = table.take("version", str, "")
    code_folder = table.take_path("path", folder) or folder
    if not code_folder.is_dir():
        raise table.error("path", f"{code_folder} must be a folder: the one that holds the modules of the services")
    services = {name: _service(part, name, folder) for name, part in table.tables("services").items()}
    apps = {name: _app(part, name, folder, services) for name, part in table.tables("apps").items()}
    table.refuse_rest()
    if not services or not apps:
        raise table.error("apps" if services else "services", "is missing: an app needs a service and an app")
    return Manifest(folder, code_folder, version, workspace, services, apps)


def _service(table: _Table, name: str, folder: Path) -> ServiceSpec:
    service_class = table.take("class", str)
    if not service_class or not re.fullmatch(r"[\w.]+(:[\w.]+)?", service_class):
        raise table.error("class", 'must name the class, for example "service:NotesService"')
    isolation = table.take("isolation", str, "process")
    if isolation not in ("process", "thread"):
        raise table.error("isolation", 'must be "process" or "thread"')
    timeout = table.take("idle_timeout", int, 3600)
    if timeout < 0:
        raise table.error("idle_timeout", "must not be negative")
    spec = ServiceSpec(
        name=name,
        service_class=service_class,
        service_id=table.take("service_id", str),
        validator=table.take("service_id_validator", str),
        shared=table.take("shared", bool, True),
        idle_timeout=timeout,
        background=table.take("background", bool, False),
        isolation=isolation,
        python=_python(table, folder),
        parameters=_parameters(table),
    )
    table.refuse_rest()
    return spec


def _parameters(table: _Table) -> dict[str, Any]:
    """Return what the constructor or the page is given. It travels as JSON, which has no dates and no nan."""
    parameters: dict[str, Any] = table.take("parameters", dict, {})
    for name, value in parameters.items():
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise table.error(f"parameters.{name}", f"{error}; write a text instead") from None
    return parameters


def _python(table: _Table, folder: Path) -> Path | None:
    """Return the interpreter of the app's own environment. Its links are not resolved: a venv is found by them."""
    environment, python = table.take_path("environment", folder, may_link_out=True), table.take("python", str)
    if environment is not None and python is not None:
        raise table.error("python", "cannot be combined with environment; keep one of them")
    if environment is not None:
        for relative in ("bin/python", "Scripts/python.exe"):
            if (environment / relative).exists():
                return environment / relative
        raise table.error("environment", f"{environment} is not a virtual environment: it has no python")
    if python is not None and not Path(python).is_absolute():
        raise table.error("python", f"{python!r} must be an absolute path")
    return None if python is None else Path(python)


def _app(table: _Table, name: str, folder: Path, services: Mapping[str, ServiceSpec]) -> AppSpec:
    service = table.take("service", str, name)
    if service not in services:
        raise table.error("service", f"there is no service {service!r}; known: {', '.join(services) or 'none'}")
    files = table.take("files", dict, {})
    for key, value in files.items():
        if not isinstance(value, str):
            raise table.error(f"files.{key}", "must be a path inside the app folder")
    window = _Table(table.file, f"{table.path}.window", table.take("window", dict, {}))
    spec = AppSpec(
        name=name,
        service=service,
        title=_one_line(table.take("title", str, name)),
        description=_one_line(table.take("description", str, "")),
        icon=table.take_path("icon", folder),
        web=table.take_path("web", folder),
        files={key: table.resolve(f"files.{key}", value, folder) for key, value in files.items()},
        service_chooser=table.take("service_chooser", str),
        parameters=_parameters(table),
        window=WindowSpec(_length(window, "width", 900), _length(window, "height", 640)),
        on_close=table.take("on_close", str, "keep"),
    )
    if spec.on_close not in ON_CLOSE:
        raise table.error("on_close", f"must be one of {', '.join(ON_CLOSE)}")
    window.refuse_rest()
    table.refuse_rest()
    if spec.web is None and not spec.files:
        raise table.error("web", "is missing: name the folder that holds index.html")
    return spec


def _length(table: _Table, key: str, default: int) -> int:
    value: int = table.take(key, int, default)
    if not 100 <= value <= 10_000:
        raise table.error(key, "must be from 100 to 10000")
    return value


def _one_line(text: str) -> str:
    """Titles reach terminals and window frames: no control characters, no second line."""
    return replace_control_chars(text)[:200]
