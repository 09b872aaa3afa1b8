"""What is amiss on this machine, line by line, each with its fix. Starts nothing and changes nothing."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import platform
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import narvi_desktop
from narvi_desktop.cli import client
from narvi_desktop.cli.doctor.checks import Check, run
from narvi_desktop.cli.doctor.screen import ScreenChecks
from narvi_desktop.integration.entry import OWN_NAME, this_menu
from narvi_desktop.library.finder import Finder, Source
from narvi_desktop.state import config
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.record import read_record

_SYMBOLS = {"ok": "✓", "note": "!", "problem": "✗"}
_PACKAGES = ("aiohttp", "pywebview", "platformdirs", "rich", "psutil")
_LEAST_FREE = 100 * 1024 * 1024
_WORKSPACES = "workspaces.json"


class Doctor:
    """Each method is a look at one area."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths

    def examine(self) -> list[Check]:
        screen = ScreenChecks()
        looks = {
            "versions": self.versions,
            "display": screen.display,
            "toolkit": screen.toolkit,
            "traps": screen.traps,
            "browsers": screen.browsers,
            "folders": self.folders,
            "config": self.config,
            "runtime": self.runtime,
            "ports": self.ports,
            "menu": self.menu,
            "apps": self.apps,
        }
        return list(run(looks))

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
        yield from self._put_aside()

    def _put_aside(self) -> Iterator[Check]:
        for file in sorted(self._paths.state.glob("*.bad")):
            found = f"{file} could not be read once and was put aside"
            yield Check("folders", "put aside", "note", found, "The defaults are in use; look into it, then delete it.")

    def config(self) -> Iterator[Check]:
        file = self._paths.config / "config.toml"
        complaint = config.load(self._paths.config).complaint
        if complaint:
            fix = "Mend it, or take it away: until then the defaults count."
            yield Check("config", "config.toml", "problem", complaint, fix)
        else:
            found = str(file) if file.exists() else "there is none: the defaults count"
            yield Check("config", "config.toml", "ok", found)

    def runtime(self) -> Iterator[Check]:
        file = self._paths.record
        if not file.exists():
            yield Check("runtime", "record", "ok", "narvi-desktop is not running")
            return
        record = read_record(file)
        if record is None:
            fix = f"Nobody trusts it. If nothing runs: rm {file}"
            yield Check("runtime", "record", "problem", f"{file} is not private, not ours, or damaged", fix)
            return
        try:
            answer = client.call(record, "status", {}, timeout=5)
        except client.ControlError as error:
            fix = "The next command starts a new one. If it does not, end the process by hand."
            yield Check("runtime", "answers", "note", f"process {record.pid} does not answer: {error}", fix)
            return
        same = record.version == narvi_desktop.__version__
        found = f"version {record.version} at {answer['url']}, process {record.pid}"
        yield Check("runtime", "answers", "ok" if same else "note", found, "" if same else "narvi-desktop stop")

    def ports(self) -> Iterator[Check]:
        known = _read_json(self._paths.state / "ports.json")
        ours = set()
        record = read_record(self._paths.record)
        if record is not None:
            with contextlib.suppress(client.ControlError):
                sites = client.call(record, "status", {}, timeout=5)["sites"]
                ours = {int(origin.rpartition(":")[2]) for origin in sites.values()}
        for workspace, entry in known.items():
            port = int(entry["port"])
            if port not in ours and _is_taken(port):
                found = f"{port}, that of {workspace}, is used by another program"
                fix = f"End that program (lsof -i :{port}); else the port changes and what pages kept is gone."
                yield Check("ports", workspace, "note", found, fix)
        yield Check("ports", "known", "ok", f"{len(known)} remembered, {len(ours)} in use by us")

    def menu(self) -> Iterator[Check]:
        names = this_menu().names()
        if OWN_NAME in names:
            yield Check("menu", "launcher", "ok", ", ".join(names))
        else:
            yield Check("menu", "launcher", "note", "narvi-desktop is not in your menu", "narvi-desktop launcher add")

    def apps(self) -> Iterator[Check]:
        claims = _read_json(self._paths.state / _WORKSPACES)
        for source in Finder(self._paths.installed).sources():
            yield self._app(source, claims)

    def _app(self, source: Source, claims: dict[str, Any]) -> Check:
        if source.manifest is None:
            return Check("apps", source.folder.name, "problem", source.error, f"Mend {source.folder}, or take it away.")
        workspace = source.manifest.workspace
        owner = str(claims.get(workspace, source.folder))
        if source.kind != "bundled" and owner != str(source.folder) and Path(owner).exists():
            found = f"the workspace {workspace} belongs to {owner}"
            return Check("apps", source.folder.name, "problem", found, "Give one of them another workspace.")
        for service in source.manifest.services.values():
            if service.python is not None and not os.access(service.python, os.X_OK):
                found = f"its interpreter {service.python} cannot be run"
                return Check("apps", workspace, "problem", found, "Make its environment anew.")
        names = ", ".join(source.manifest.apps)
        return Check("apps", workspace, "ok", f"{names} ({source.kind}, {source.folder})")


def lines_of(checks: list[Check], plain: bool) -> Iterator[str]:
    """For a person: a line for each, and its fix below it.

    Args:
        plain: the output takes ASCII alone.
    """
    width = max(len(f"{check.area} {check.name}") for check in checks)
    for check in checks:
        symbol = check.state[:1] if plain else _SYMBOLS[check.state]
        yield f"{symbol} {check.state:<7} {f'{check.area} {check.name}':<{width}}  {check.found}"
        if check.fix and check.state != "ok":
            yield f"{'':<{width + 12}}-> {check.fix}"
    problems = sum(check.state == "problem" for check in checks)
    yield "Nothing is amiss." if not problems else f"{problems} problem{'' if problems == 1 else 's'}."


def document_of(checks: list[Check]) -> dict[str, Any]:
    rows = [{entry.name: getattr(check, entry.name) for entry in fields(check)} for check in checks]
    return {"schema": 1, "ok": all(check.state != "problem" for check in checks), "checks": rows}


def _wrong_with(folder: Path) -> tuple[str, str]:
    """What is wrong with a folder of ours, and its fix; "" where nothing is."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        return f"cannot be made: {there} is no folder", f"Move {there} away."
    if not os.access(there, os.W_OK | os.X_OK):
        return "cannot be written", f"chmod u+rwx '{there}'"
    if there == folder and hasattr(os, "getuid"):
        facts = folder.stat()
        if facts.st_uid != os.getuid():
            return "belongs to somebody else", f"sudo chown -R $(id -u) '{folder}'"
        if facts.st_mode & 0o022:
            return "can be written by others", f"chmod go-w '{folder}'"
    if shutil.disk_usage(there).free < _LEAST_FREE:
        return "has less than 100 MB free", "Make room on this disk."
    return "", ""


def _read_json(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {}
    return value if isinstance(value, dict) else {}


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
