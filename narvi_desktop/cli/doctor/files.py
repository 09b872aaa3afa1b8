"""Read files that may be damaged or missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def read_object(file: Path) -> dict[str, Any]:
    """Return the object in a JSON file; {} when there is no file. Raises OSError, ValueError for a damaged one."""
    try:
        value = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {}
    return value if isinstance(value, dict) else {}


def read_text(file: Path) -> str | None:
    """Return a file's text; None when it cannot be read."""
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
