"""The list of open windows on the disk: the next runtime reopens what a killed one has left open."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from .files import replace_file
from .names import WindowKey


class OpenWindow(NamedTuple):
    """A window as the list keeps it."""

    identity: str
    key: WindowKey
    look: dict[str, Any]


def read_open_windows(file: Path) -> list[OpenWindow]:
    """Return the windows that were open; none when the file is missing or damaged."""
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        return [
            OpenWindow(str(int(entry["window"])), WindowKey(*entry["key"]), dict(entry["look"])) for entry in entries
        ]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def write_open_windows(file: Path, windows: Iterable[OpenWindow]) -> None:
    """Replace the list by the windows that are open now."""
    entries = [{"window": window.identity, "key": window.key, "look": window.look} for window in windows]
    # A full disk must not close windows: that they are not reopened is the smaller harm.
    with contextlib.suppress(OSError):
        replace_file(file, json.dumps(entries).encode())
