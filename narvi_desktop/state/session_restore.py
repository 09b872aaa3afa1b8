"""The list of open windows on the disk: the next runtime reopens what a killed one has left open."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

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
    new = file.with_suffix(".new")
    try:
        new.write_text(json.dumps(entries), encoding="utf-8")
        new.replace(file)
    except OSError:
        return  # a full disk: windows that are not reopened are the smaller harm
