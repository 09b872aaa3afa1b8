"""The runtime's record: the address where it listens, and the token that its callers need."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import asdict, dataclass
from pathlib import Path

from .files import replace_file

API = 1


@dataclass(frozen=True)
class Record:
    """Attributes: url: the origin of the control API; token: the bearer token that it asks for."""

    version: str
    pid: int
    url: str
    token: str
    api: int = API
    schema: int = 1


def write_record(path: Path, record: Record) -> None:
    """Write the record so that only this user can read it. Raises OSError."""
    replace_file(path, json.dumps(asdict(record)).encode())


def read_record(path: Path) -> Record | None:
    """Return the record; None when there is none, or none to whose address the token may be sent."""
    try:
        facts = path.lstat()
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > 10_000 or not _is_private(facts):
            return None
        record = Record(**json.loads(path.read_bytes()))
        trusted = isinstance(record.token, str) and record.url.startswith("http://127.0.0.1:")
        return record if trusted else None
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _is_private(facts: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):
        return True  # Windows: the profile folder is this user's by its access list
    return facts.st_uid == os.getuid() and not facts.st_mode & 0o077
