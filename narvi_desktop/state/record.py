"""The runtime's record: where it listens, and the token that only this user can read."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import asdict, dataclass
from pathlib import Path

API = 1


@dataclass(frozen=True)
class Record:
    version: str
    pid: int
    url: str
    token: str
    api: int = API
    schema: int = 1


def write_record(path: Path, record: Record) -> None:
    """Into a new file, synced, then renamed: a reader never meets half of it. Raises OSError."""
    write_private(path, json.dumps(asdict(record)).encode())


def write_private(path: Path, data: bytes) -> None:
    """Replace a file of ours by one that only this user can read. Raises OSError."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def read_record(path: Path) -> Record | None:
    """The record, or None when there is none that can be trusted with sending it the token."""
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
