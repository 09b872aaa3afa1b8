"""The command line: parse the arguments, run one command, return its exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import get_args

import narvi_desktop
from narvi_desktop.control.errors import ControlError, ExitCode
from narvi_desktop.control.requests import Way
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.state.paths import Paths

from . import commands, launcher, logs, open, status, view
from .output import print_error


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options, Paths.default())
        sys.stdout.flush()
        return code
    except ControlError as error:
        print_error(str(error), error.detail)
        return error.exit_code
    except LibraryError as error:
        print_error(str(error))
        return ExitCode.USAGE
    except BrokenPipeError:
        # Who read our output has gone; Python's own flush at the end must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    except KeyboardInterrupt:
        return ExitCode.FAILED


def _parser() -> argparse.ArgumentParser:
    about = "Runs local apps, each in a window of its own. Without a command it opens home."
    parser = argparse.ArgumentParser(prog="narvi-desktop", description=about)
    parser.add_argument("--version", action="version", version=f"narvi-desktop {narvi_desktop.__version__}")
    without_command = {"show": "window", "new_window": False, "debug": False, "no_wait": False, "service_id": None}
    parser.set_defaults(run=open.run, app=open.HOME, json=False, **without_command)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace, Paths], int], text: str) -> argparse.ArgumentParser:
        command = subparsers.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    command = add("open", open.run, "open an app: a name, the path of an app folder, or a narvi: address")
    _add_app(command)
    command.add_argument("--in", dest="show", choices=get_args(Way), default="window", help="where")
    command.add_argument("--no-window", dest="show", action="store_const", const="none", help="same as --in none")
    command.add_argument("--new-window", action="store_true", help="another window of an app that is open")
    command.add_argument("--no-wait", action="store_true", help="do not wait until the window has loaded")
    command.add_argument("--debug", action="store_true", help="with the web view's developer tools")
    _add_json(command)

    command = add("view", view.run, "show any web address in a window, until the window is closed")
    command.add_argument("url", metavar="URL")

    command = add("install", commands.install, "install an app: a folder or a zip")
    command.add_argument("path", metavar="PATH")
    command.add_argument("--replace", action="store_true", help="in place of one that is installed; its data stays")
    _add_json(command)

    command = add("remove", commands.remove, "remove an installed app")
    command.add_argument("app", metavar="APP")
    command.add_argument("--data", action="store_true", help="and delete all that it has stored")
    _add_json(command)

    command = add("launcher", launcher.run, "put narvi-desktop, or an app, into your menu")
    command.add_argument("do", choices=["add", "remove", "status"])
    command.add_argument("app", metavar="APP", nargs="?")
    _add_json(command)

    _add_json(add("list", commands.list_apps, "list the apps that are known"))
    _add_json(add("status", status.run, "show what runs"))

    command = add("monitor", commands.monitor, "watch live what runs, what it costs, and what goes wrong")
    command.add_argument("--once", action="store_true", help="print one frame and end")
    _add_json(command)

    command = add("restart", commands.restart, "restart an app's service")
    _add_app(command)
    _add_json(command)

    command = add("stop", commands.stop, "stop an app's service, or everything")
    _add_app(command, optional=True)
    _add_json(command)

    command = add("url", commands.url, "print a fresh address that lets one browser in")
    _add_app(command)
    _add_json(command)

    command = add("logs", logs.run, "print an app's log")
    _add_app(command, optional=True)
    command.add_argument("-f", "--follow", action="store_true", help="go on printing what is added")
    command.add_argument("--since", metavar="TIME", help="from 10m, 2h, 13:05 or 2026-11-24 on")
    command.add_argument("--runtime", action="store_true", help="the log of narvi-desktop itself")
    _add_json(command)

    command = add("doctor", commands.doctor, "find problems with this installation, and how to fix them")
    command.add_argument("--report", metavar="FILE.zip", help="write the findings to a file without secrets")
    command.add_argument("--yes", action="store_true", help="write the report without asking")
    _add_json(command)

    _add_json(add("paths", commands.paths, "show the folders that are used"))

    command = add("serve", commands.serve, "serve in the foreground, without windows")
    command.add_argument("--port", type=int, help="of the control API; each workspace has a port of its own")
    _add_json(command)

    # Not in the help: the window host alone uses it, to start a runtime when its own was killed.
    command = subparsers.add_parser("adopt")
    command.set_defaults(run=commands.adopt)
    command.add_argument("host", type=int, nargs=3)
    return parser


def _add_app(command: argparse.ArgumentParser, optional: bool = False) -> None:
    command.add_argument("app", metavar="APP", nargs="?" if optional else None)
    command.add_argument("--service-id", metavar="ID")


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print one JSON document")
