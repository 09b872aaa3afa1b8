"""The runtime's record: the address where it listens, and the token that its callers need."""

from __future__ import annotations

import json
import os
import re
import stat
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from .files import replace_file

API = 1
_LAST_PORT = 65_535


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
        document = json.loads(path.read_bytes())
        # Of another version, which may say more.
        record = Record(**{entry.name: document[entry.name] for entry in fields(Record) if entry.name in document})
        trusted = isinstance(record.token, str) and isinstance(record.pid, int) and _is_own_address(record.url)
        return record if trusted else None
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _is_own_address(url: object) -> bool:
    """Check that nothing but a port of this machine's own address is named: the token is sent there."""
    found = re.fullmatch(r"http://127\.0\.0\.1:([1-9][0-9]{0,4})", url) if isinstance(url, str) else None
    return found is not None and int(found[1]) <= _LAST_PORT


def _is_private(facts: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):
        return True  # Windows: the profile folder is this user's by its access list
    return facts.st_uid == os.getuid() and not facts.st_mode & 0o077
