"""The command line: arguments → call → render a result."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import narvi_desktop
from narvi_desktop.cli import client, logs
from narvi_desktop.cli.logs import harmless
from narvi_desktop.cli.open import HOME, open_app, whole
from narvi_desktop.library.finder import Finder
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.runtime.menu_entries import Launcher
from narvi_desktop.state.paths import Paths

DONE, FAILED, USAGE, NOT_RUNNING = 0, 1, 2, 3


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    paths = Paths.default()
    try:
        code: int = options.run(options, paths)
        sys.stdout.flush()
        return code
    except client.ControlError as error:
        _complain(error.detail, str(error))
        return error.exit_code
    except LibraryError as error:
        _complain("", str(error))
        return USAGE
    except BrokenPipeError:
        # Who read us has gone; Python's own flush at the end must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return FAILED


def _complain(detail: str, sentence: str) -> None:
    if detail:
        print(harmless(detail.rstrip()), file=sys.stderr)
    print(f"narvi-desktop: {harmless(sentence)}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    about = "Runs local apps, each in a window of its own. Without a command it opens home."
    parser = argparse.ArgumentParser(prog="narvi-desktop", description=about)
    parser.add_argument("--version", action="version", version=f"narvi-desktop {narvi_desktop.__version__}")
    # Alone it opens home.
    alone = {"show": None, "new_window": False, "debug": False, "no_wait": False, "service_id": None}
    parser.set_defaults(run=_open, app=HOME, json=False, **alone)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace, Paths], int], text: str, app: str = "") -> Any:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        if app:
            command.add_argument("app", metavar="APP", nargs="?" if app == "perhaps" else None)
            command.add_argument("--service-id", metavar="ID")
        command.add_argument("--json", action="store_true", help="print one JSON document")
        return command

    opening = add("open", _open, "open an app: a name, the path of an app folder, or a narvi: address", "one")
    opening.add_argument("--in", dest="show", choices=["window", "app", "browser", "print", "none"], help="where")
    opening.add_argument("--no-window", dest="show", action="store_const", const="none", help="same as --in none")
    opening.add_argument("--new-window", action="store_true", help="another window of an app that is open")
    opening.add_argument("--no-wait", action="store_true", help="do not wait until the window has loaded")
    opening.add_argument("--debug", action="store_true", help="with the web view's developer tools")
    installing = add("install", _install, "install an app: a folder or a zip")
    installing.add_argument("path", metavar="PATH")
    installing.add_argument("--replace", action="store_true", help="in place of one that is installed; its data stays")
    removing = add("remove", _remove, "remove an installed app")
    removing.add_argument("app", metavar="APP")
    removing.add_argument("--data", action="store_true", help="with all that it has stored")
    menu = add("launcher", _launcher, "put narvi-desktop, or an app, into your menu")
    menu.add_argument("do", choices=["add", "remove", "status"])
    menu.add_argument("app", metavar="APP", nargs="?")
    add("list", _list, "the apps that are known")
    add("status", _status, "what runs")
    watching = add("monitor", _monitor, "watch live what runs, what it costs, and what goes wrong")
    watching.add_argument("--once", action="store_true", help="print one frame and end")
    add("restart", _restart, "restart an app's service", "one")
    add("stop", _stop, "stop an app's service, or everything", "perhaps")
    add("url", _url, "print a fresh address that lets one browser in", "one")
    logging = add("logs", _logs, "print an app's log", "perhaps")
    logging.add_argument("-f", "--follow", action="store_true", help="and what comes")
    logging.add_argument("--since", metavar="TIME", help="from 10m, 2h, 13:05 or 2026-11-24 on")
    logging.add_argument("--runtime", action="store_true", help="the log of narvi-desktop itself")
    doctor = add("doctor", _doctor, "look for what is amiss, and say how to mend it")
    doctor.add_argument("--report", metavar="FILE.zip", help="write it down for who helps, without secrets; never sent")
    doctor.add_argument("--yes", action="store_true", help="write the report without asking")
    add("paths", _paths, "the folders that are used")
    # For our own window host alone, and in no help: the runtime that it starts when its own was killed.
    adopting = commands.add_parser("adopt")
    adopting.set_defaults(run=_adopt)
    adopting.add_argument("given", type=int, nargs=3)
    serving = add("serve", _serve, "serve in the foreground, without windows")
    serving.add_argument("--port", type=int, help="of the control API; each workspace has a port of its own")
    return parser


def _payload(options: argparse.Namespace) -> dict[str, Any]:
    return {"app": options.app and whole(options.app), "service_id": options.service_id}


def _render(options: argparse.Namespace, answer: dict[str, Any], text: str) -> int:
    print(json.dumps(answer, indent=None) if options.json else harmless(text))
    return DONE


def _open(options: argparse.Namespace, paths: Paths) -> int:
    wishes = {"show": options.show, "new_window": options.new_window, "debug": options.debug}
    answer = open_app(paths, options.app, options.service_id, **wishes, wait=not options.no_wait)
    return _render(options, answer, answer["message"])


def _install(options: argparse.Namespace, paths: Paths) -> int:
    path = str(Path(options.path).expanduser().absolute())
    answer = client.call_or_start(paths, "install", {"path": path, "replace": options.replace})
    return _render(options, answer, f"{answer['message']} To open it: narvi-desktop open {answer['app']}")


def _remove(options: argparse.Namespace, paths: Paths) -> int:
    answer = client.call_or_start(paths, "remove", {"app": options.app, "data": options.data})
    return _render(options, answer, answer["message"])


def _launcher(options: argparse.Namespace, paths: Paths) -> int:
    launcher = Launcher(Finder(paths.installed))
    if options.do == "status":
        answer = launcher.status()
    else:
        answer = launcher.add(options.app) if options.do == "add" else launcher.remove(options.app)
    return _render(options, {"schema": 1, **answer}, answer["message"])


def _url(options: argparse.Namespace, paths: Paths) -> int:
    answer = client.call_or_start(paths, "url", _payload(options))
    return _render(options, answer, answer["ticket_url"])


def _restart(options: argparse.Namespace, paths: Paths) -> int:
    answer = client.call_running(paths, "restart", _payload(options))
    return _render(options, answer, answer["message"])


def _stop(options: argparse.Namespace, paths: Paths) -> int:
    answer = client.call_running(paths, "stop", _payload(options))
    if options.app is None:
        _wait_until_gone(paths)
    return _render(options, answer, answer["message"])


def _wait_until_gone(paths: Paths) -> None:
    until = time.monotonic() + 15
    while paths.record.exists() and time.monotonic() < until:
        time.sleep(0.02)


def _list(options: argparse.Namespace, paths: Paths) -> int:
    rows = []
    for source in Finder(paths.installed).sources():
        if source.manifest is None:
            rows.append({"folder": str(source.folder), "source": source.kind, "error": source.error})
            continue
        for app in source.manifest.apps.values():
            row = {"app": app.name, "workspace": source.manifest.workspace, "title": app.title}
            more = {"description": app.description, "folder": str(source.folder), "source": source.kind}
            rows.append({**row, **more, "error": ""})
    lines = [row["error"] or f"{row['app']:<16} {row['title']} – {row['description']}" for row in rows]
    return _render(options, {"schema": 1, "apps": rows}, "\n".join(lines) or "No apps are known.")


def _status(options: argparse.Namespace, paths: Paths) -> int:
    try:
        answer = client.call_running(paths, "status", {})
    except client.NotRunning as error:
        _render(options, {"schema": 1, "running": False}, str(error))
        return NOT_RUNNING
    return _render(options, answer, "\n".join(_status_lines(answer)))


def _status_lines(answer: dict[str, Any]) -> Iterator[str]:
    """The short form of the monitor: a line for each instance."""
    yield f"narvi-desktop {answer['version']} at {answer['url']}, process {answer['pid']}"
    for workspace, services in answer["admin"].items():
        for name, service in services.items():
            if (workspace, name) == ("desktop", "runtime"):
                continue  # the first line
            place = answer["sites"].get(workspace, "no page yet")
            for service_id, instances in service["instances"].items():
                for one in instances:
                    count = len(one["sessions"])
                    sessions = f"{count} session{'' if count == 1 else 's'}"
                    yield f"{workspace}/{name}/{service_id}: {one['state']}, {sessions} at {place}"
            for service_id, down in service["not_running"].items():
                error = down["error"].splitlines()[0] if down["error"] else ""
                yield f"{workspace}/{name}/{service_id}: {down['state']} {error}".rstrip()


def _monitor(options: argparse.Namespace, paths: Paths) -> int:
    # Late: rich is needed by this command alone.
    from narvi_desktop.cli import monitor as watching

    if options.json:
        watching.watch_json(paths)
    elif options.once:
        watching.watch_once(paths)
    else:
        watching.watch(paths)
    return DONE


def _paths(options: argparse.Namespace, paths: Paths) -> int:
    folders = {entry.name: str(getattr(paths, entry.name)) for entry in fields(paths)}
    text = "\n".join(f"{name:<8} {folder}" for name, folder in folders.items())
    return _render(options, {"schema": 1, **folders}, text)


def _logs(options: argparse.Namespace, paths: Paths) -> int:
    if (options.app is None) != options.runtime:
        raise LibraryError("Name an app, or --runtime for the log of narvi-desktop itself.")
    try:
        since = None if options.since is None else logs.since_when(options.since)
    except ValueError as error:
        raise LibraryError(str(error)) from error
    file, title = paths.runtime_log, "narvi-desktop"
    if not options.runtime:
        source, app = Finder(paths.installed).find(whole(options.app), Path.cwd())
        assert source.manifest is not None
        file, title = paths.app_log(source.manifest.workspace, app.service), app.title
    if not file.exists():
        raise client.ControlError(f"{title} has not written a log yet; it will be {file}.")
    with contextlib.suppress(KeyboardInterrupt):
        logs.print_log(file, options.follow, since, options.json)
    return DONE


def _doctor(options: argparse.Namespace, paths: Paths) -> int:
    # Late: no other command needs it.
    from narvi_desktop.cli.doctor import examine as doctor

    checks = doctor.Doctor(paths).examine()
    document = doctor.document_of(checks)
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    text = "\n".join(doctor.lines_of(checks, plain))
    _render(options, document, text)
    if options.report is not None:
        return _report(Path(options.report), paths, text, document, options.yes)
    return DONE if document["ok"] else FAILED


def _report(file: Path, paths: Paths, text: str, document: dict[str, Any], sure: bool) -> int:
    """Listed before it is written, on stderr: stdout may be JSON."""
    from narvi_desktop.cli.doctor.report import Report

    report = Report(paths, text, document)
    for name, content in report.members.items():
        print(f"  {name:<28} {len(content.encode())} bytes", file=sys.stderr)
    if not sure:
        if not sys.stdin.isatty():
            raise LibraryError(f"Nobody is there to ask whether {file} may be written; add --yes.")
        print(f"Write {file}? It stays on this machine. [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            print("Not written.", file=sys.stderr)
            return DONE
    try:
        report.write(file)
    except OSError as error:
        raise LibraryError(f"{file} cannot be written: {error.strerror}.") from error
    print(f"{file} is written; it was sent to nobody.", file=sys.stderr)
    return DONE


def _serve(options: argparse.Namespace, paths: Paths) -> int:
    # Late: this is the only command that becomes the server itself.
    from narvi_desktop.runtime.main import run

    return run(paths, foreground=True, port=options.port)


def _adopt(options: argparse.Namespace, paths: Paths) -> int:
    commands, events, pid = options.given
    client.ensure_runtime(paths, (commands, events, pid))
    return DONE
