"""Check the installation: versions, folders, config, menu and app folders."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import narvi_desktop
from narvi_desktop.integration.entry import OWN_NAME
from narvi_desktop.integration.menu import this_menu
from narvi_desktop.library.finder import Finder, Source
from narvi_desktop.state import config
from narvi_desktop.state.paths import Paths

from .checks import Check
from .files import read_object

_PACKAGES = ("aiohttp", "pywebview", "platformdirs", "rich", "psutil")
_MIN_FREE = 100 * 1024 * 1024
_WORKSPACES = "workspaces.json"


class InstallationChecks:
    """Each public method checks one area."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths

    def versions(self) -> Iterator[Check]:
        python = f"Python {platform.python_version()} at {sys.executable}"
        system = f"{platform.system()} {platform.release()} {platform.machine()}"
        yield Check("versions", "narvi-desktop", "ok", f"{narvi_desktop.__version__}, {python}, {system}")
        found = []
        for name in _PACKAGES:
            try:
                found.append(f"{name} {importlib.metadata.version(name)}")
            except importlib.metadata.PackageNotFoundError:
                fix = f"{sys.executable} -m pip install {name}"
                yield Check("versions", name, "problem", "is not installed", fix)
        yield Check("versions", "packages", "ok", ", ".join(found))

    def folders(self) -> Iterator[Check]:
        for entry in fields(self._paths):
            folder: Path = getattr(self._paths, entry.name)
            problem, fix = _wrong_with(folder)
            if problem:
                yield Check("folders", entry.name, "problem", f"{folder} {problem}", fix)
            else:
                yield Check("folders", entry.name, "ok", str(folder))
        yield from self._damaged_files()

    def _damaged_files(self) -> Iterator[Check]:
        for file in sorted(self._paths.state.glob("*.bad")):
            found = f"{file} is a state file that could not be read; the defaults are used instead"
            yield Check("folders", "damaged file", "note", found, "Delete it when you do not need it any more.")

    def config(self) -> Iterator[Check]:
        file = self._paths.config / "config.toml"
        problem = config.load(self._paths.config).problem
        if problem:
            fix = "Correct it, or delete it. Until then the defaults are used."
            yield Check("config", "config.toml", "problem", problem, fix)
        else:
            found = str(file) if file.exists() else "there is none: the defaults are used"
            yield Check("config", "config.toml", "ok", found)

    def menu(self) -> Iterator[Check]:
        names = this_menu().names()
        if OWN_NAME in names:
            yield Check("menu", "launcher", "ok", ", ".join(names))
        else:
            yield Check("menu", "launcher", "note", "narvi-desktop is not in your menu", "narvi-desktop launcher add")

    def apps(self) -> Iterator[Check]:
        claims = read_object(self._paths.state / _WORKSPACES)
        for source in Finder(self._paths.installed).sources():
            yield self._app(source, claims)

    def _app(self, source: Source, claims: dict[str, Any]) -> Check:
        if source.manifest is None:
            return Check("apps", source.folder.name, "problem", source.error, f"Correct {source.folder}, or delete it.")
        workspace = source.manifest.workspace
        owner = str(claims.get(workspace, source.folder))
        if source.kind != "bundled" and owner != str(source.folder) and Path(owner).exists():
            found = f"the workspace {workspace} belongs to {owner}"
            return Check("apps", source.folder.name, "problem", found, "Give one of them another workspace.")
        for service in source.manifest.services.values():
            if service.python is not None and not os.access(service.python, os.X_OK):
                found = f"its interpreter {service.python} cannot be run"
                return Check("apps", workspace, "problem", found, "Create its environment again.")
        names = ", ".join(source.manifest.apps)
        return Check("apps", workspace, "ok", f"{names} ({source.kind}, {source.folder})")


def _wrong_with(folder: Path) -> tuple[str, str]:
    """Return what is wrong with a folder, and the fix; empty when nothing is."""
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        return f"cannot be created: {existing} is not a folder", f"Move {existing} away."
    if not os.access(existing, os.W_OK | os.X_OK):
        return "cannot be written", f"chmod u+rwx '{existing}'"
    if existing == folder and hasattr(os, "getuid"):
        facts = folder.stat()
        if facts.st_uid != os.getuid():
            return "belongs to somebody else", f"sudo chown -R $(id -u) '{folder}'"
        if facts.st_mode & 0o022:
            return "can be written by others", f"chmod go-w '{folder}'"
    if shutil.disk_usage(existing).free < _MIN_FREE:
        return "has less than 100 MB free", "Make room on this disk."
    return "", ""
