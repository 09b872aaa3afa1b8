"""`narvi-desktop logs`: print a log from a time on, and follow it through its rotation."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from narvi_desktop.control.errors import ControlError, ExitCode
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.state.names import AppRef
from narvi_desktop.state.paths import Paths
from narvi_desktop.text import escape_control_chars

from .find import current_directory, find

_STAMPED = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)[.,](\d{3}) (\S+) ?(.*)")
_AGO = re.compile(r"(\d+)\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_POLL_INTERVAL = 0.2  # seconds


def run(arguments: argparse.Namespace, paths: Paths) -> int:
    if (arguments.app is None) != arguments.runtime:
        raise LibraryError("Name an app, or --runtime for the log of narvi-desktop itself.")
    try:
        since = None if arguments.since is None else parse_since(arguments.since)
    except ValueError as error:
        raise LibraryError(str(error)) from error
    file, title = paths.runtime_log, "narvi-desktop"
    if not arguments.runtime:
        found = find(paths, AppRef.typed(arguments.app), current_directory())
        file, title = paths.app_log(found.manifest.workspace, found.spec.service), found.spec.title
    if not file.exists():
        raise ControlError(f"{title} has not written a log yet; it will be {file}.")
    with contextlib.suppress(KeyboardInterrupt):
        print_log(file, arguments.follow, since, arguments.json)
    return ExitCode.DONE


def parse_since(text: str) -> str:
    """Return the time stamp to compare lines with: "10m", "2h", "13:05", "2026-11-24", "2026-11-24 13:05:07".

    Raises:
        ValueError: it is none of these.
    """
    now = datetime.datetime.now()
    ago = _AGO.fullmatch(text.strip())
    if ago is not None:
        then = now - datetime.timedelta(seconds=int(ago[1]) * _SECONDS[ago[2]])
    else:
        text = text.strip().replace("T", " ")
        if re.fullmatch(r"\d?\d:\d\d(:\d\d)?", text):
            text = f"{now:%Y-%m-%d} {text.rjust(5, '0')}"
        try:
            then = datetime.datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f"--since {text!r}: give a time such as 10m, 2h, 13:05 or 2026-11-24") from None
    return f"{then:%Y-%m-%d %H:%M:%S}"


def print_log(file: Path, follow: bool, since: str | None, as_json: bool) -> None:
    """Write the lines to stdout; with `follow` go on until interrupted.

    Args:
        since: a time stamp; a line without one belongs to the line before it.
    """
    shown = since is None
    for line in _lines(file, follow):
        stamped = _STAMPED.match(line)
        if stamped is not None and since is not None:
            shown = stamped[1] >= since
        if not shown:
            continue
        if as_json:
            groups = stamped.groups() if stamped is not None else ("", "", "", line)
            at = f"{groups[0]}.{groups[1]}" if groups[0] else ""
            text = json.dumps({"schema": 1, "time": at, "source": groups[2], "text": groups[3]})
        else:
            text = line
        sys.stdout.write(escape_control_chars(text) + "\n")
        sys.stdout.flush()


def _lines(file: Path, follow: bool) -> Iterator[str]:
    """Yield the complete lines of a file, and of those that take its place."""
    while True:
        with file.open(encoding="utf-8", errors="replace") as log:
            partial = ""
            while True:
                partial += log.readline()
                if partial.endswith("\n"):
                    yield partial[:-1]
                    partial = ""
                    continue
                if not follow:
                    if partial:
                        yield partial
                    return
                if _is_replaced(file, log.fileno()):
                    break
                time.sleep(_POLL_INTERVAL)
        # Rotated: the new file from its beginning.


def _is_replaced(file: Path, handle: int) -> bool:
    try:
        return file.stat().st_ino != os.fstat(handle).st_ino
    except OSError:
        return False  # just being rotated
