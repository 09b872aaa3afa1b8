"""Reading the logs: of an app, or the runtime's own; from a time on, followed through their rotation."""

from __future__ import annotations

import datetime
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_STAMPED = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)[.,](\d{3}) (\S+) ?(.*)")
_AGO = re.compile(r"(\d+)\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LOOKS_EVERY = 0.2  # seconds


def since_when(text: str) -> str:
    """The stamp that lines are compared with: "10m", "2h", "13:05", "2026-11-24", "2026-11-24 13:05:07".

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
    """Write the lines to stdout; with `follow` without end.

    Args:
        since: a stamp; what has none of its own belongs to the line before it.
    """
    shown = since is None
    for line in _lines(file, follow):
        stamped = _STAMPED.match(line)
        if stamped is not None and since is not None:
            shown = stamped[1] >= since
        if not shown:
            continue
        if as_json:
            known = stamped.groups() if stamped is not None else ("", "", "", line)
            at = f"{known[0]}.{known[1]}" if known[0] else ""
            line = json.dumps({"schema": 1, "time": at, "source": known[2], "text": known[3]})
        sys.stdout.write(harmless(line) + "\n")
        sys.stdout.flush()


def harmless(text: str) -> str:
    """Foreign text for the terminal: no escape sequence gets through."""
    return "".join(mark if mark.isprintable() or mark in "\n\t" else repr(mark)[1:-1] for mark in text)


def _lines(file: Path, follow: bool) -> Iterator[str]:
    """The whole lines of a file, and of those that take its place."""
    while True:
        with file.open(encoding="utf-8", errors="replace") as log:
            begun = ""
            while True:
                begun += log.readline()
                if begun.endswith("\n"):
                    yield begun[:-1]
                    begun = ""
                    continue
                if not follow:
                    if begun:
                        yield begun
                    return
                if _is_another(file, log.fileno()):
                    break
                time.sleep(_LOOKS_EVERY)
        # Rotated: the new file from its beginning.


def _is_another(file: Path, handle: int) -> bool:
    try:
        return file.stat().st_ino != os.fstat(handle).st_ino
    except OSError:
        return False  # just being rotated
