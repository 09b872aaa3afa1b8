"""The list of open windows on the disk: what a killed runtime has left open, the next one reopens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .window import Window, WindowKey

_LOOK = ("title", "width", "height", "icon", "asked", "on_close")


def read(file: Path) -> list[tuple[str, WindowKey, dict[str, Any]]]:
    """Identity, key and look of each window."""
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        return [(str(int(entry["window"])), WindowKey(*entry["key"]), dict(entry["look"])) for entry in entries]
    except (OSError, ValueError, TypeError, KeyError):
        return []  # there is none, or it is no good: nothing is reopened


def write(file: Path, windows: Mapping[str, Window]) -> None:
    """Keep what is open, in place of what was."""
    kept = [
        {
            "window": identity,
            "key": window.key,
            "look": {name: window.command[name] for name in _LOOK if name in window.command},
        }
        for identity, window in windows.items()
    ]
    new = file.with_suffix(".new")
    try:
        new.write_text(json.dumps(kept), encoding="utf-8")
        new.replace(file)
    except OSError:
        return  # a full disk: windows that are not reopened are the smaller harm
