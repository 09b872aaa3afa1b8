"""The short commands: each asks the runtime or the library, and prints the answer."""

from __future__ import annotations

import argparse
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

from narvi_desktop.control.commands import INSTALL, REMOVE, RESTART, STOP, URL
from narvi_desktop.control.errors import ExitCode
from narvi_desktop.control.requests import InstallRequest, RemoveRequest, Target
from narvi_desktop.library.finder import Finder
from narvi_desktop.state.names import AppRef
from narvi_desktop.state.paths import Paths

from . import client
from .output import print_answer, print_document

_STOP_TIMEOUT = 15.0  # seconds


def install(arguments: argparse.Namespace, paths: Paths) -> int:
    request = InstallRequest(str(Path(arguments.path).expanduser().absolute()), arguments.replace)
    answer = client.call_or_start(paths, INSTALL, request)
    return print_answer(arguments, answer, f"{answer.message} To open it: narvi-desktop open {answer.app}")


def remove(arguments: argparse.Namespace, paths: Paths) -> int:
    # As typed: a folder's name may stand for an app whose manifest cannot be read.
    answer = client.call_or_start(paths, REMOVE, RemoveRequest(AppRef(arguments.app), arguments.data))
    return print_answer(arguments, answer, answer.message)


def url(arguments: argparse.Namespace, paths: Paths) -> int:
    answer = client.call_or_start(paths, URL, _target(arguments))
    return print_answer(arguments, answer, str(answer.ticket_url))


def restart(arguments: argparse.Namespace, paths: Paths) -> int:
    answer = client.call_running(paths, RESTART, _target(arguments))
    return print_answer(arguments, answer, answer.message)


def stop(arguments: argparse.Namespace, paths: Paths) -> int:
    answer = client.call_running(paths, STOP, _target(arguments))
    if arguments.app is None:
        deadline = time.monotonic() + _STOP_TIMEOUT
        while paths.record.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
    return print_answer(arguments, answer, answer.message)


def list_apps(arguments: argparse.Namespace, paths: Paths) -> int:
    rows: list[dict[str, Any]] = []
    for source in Finder(paths.installed).sources():
        place = {"folder": str(source.folder), "source": source.kind}
        if source.manifest is None:
            rows.append({**place, "error": source.error})
            continue
        for app in source.manifest.apps.values():
            names = {"app": app.name, "workspace": source.manifest.workspace}
            rows.append({**names, "title": app.title, "description": app.description, **place, "error": ""})
    lines = [row["error"] or f"{row['app']:<16} {row['title']} – {row['description']}" for row in rows]
    return print_document(arguments, {"apps": rows}, "\n".join(lines) or "No apps are known.")


def paths(arguments: argparse.Namespace, paths: Paths) -> int:
    folders = {entry.name: str(getattr(paths, entry.name)) for entry in fields(paths)}
    text = "\n".join(f"{name:<8} {folder}" for name, folder in folders.items())
    return print_document(arguments, folders, text)


def monitor(arguments: argparse.Namespace, paths: Paths) -> int:
    # Late: rich is needed by this command alone.
    from . import monitor

    if arguments.json:
        monitor.watch_json(paths)
    elif arguments.once:
        monitor.watch_once(paths)
    else:
        monitor.watch(paths)
    return ExitCode.DONE


def doctor(arguments: argparse.Namespace, paths: Paths) -> int:
    # Late: no other command needs it.
    from .doctor.main import run

    return run(arguments, paths)


def serve(arguments: argparse.Namespace, paths: Paths) -> int:
    # Late: this is the only command that becomes the server itself.
    from narvi_desktop.runtime.main import run

    return run(paths, foreground=True, port=arguments.port)


def adopt(arguments: argparse.Namespace, paths: Paths) -> int:
    commands, events, pid = arguments.host
    client.ensure_runtime(paths, (commands, events, pid))
    return ExitCode.DONE


def _target(arguments: argparse.Namespace) -> Target:
    """The app that was typed; without one the runtime."""
    if arguments.app is None:
        return Target(service_id=arguments.service_id)
    return Target.of(AppRef.typed(arguments.app), arguments.service_id)
