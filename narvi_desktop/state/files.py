"""Replace a file as a whole, and read the end of a log."""

from __future__ import annotations

import os
from pathlib import Path

_LONGEST_LINE = 1024  # bytes on the average that a line of a tail may have


def replace_file(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file so that a reader sees the old content or the new one, never a part. Raises OSError."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    # O_EXCL: a link that somebody has put there is not followed.
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            # Before the rename: after a power failure some file systems would keep the new name and no content.
            os.fsync(file.fileno())
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def read_tail(path: Path, lines: int = 20) -> str:
    """Return the last lines of a text file; "" when it cannot be read."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - lines * _LONGEST_LINE))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
