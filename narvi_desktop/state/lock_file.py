"""A lock between processes, held by an open file; here systems differ."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        # lockf, not flock: flock outlives a killed holder in the children that it forked.
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class LockFile:
    """Held until released, or until the process ends, however it ends.

    A process opens the file once: closing any other handle on it would drop a lockf lock.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def acquire(self) -> bool:
        """Take the lock if no other process holds it; return whether this one has it now."""
        if self._file is None:
            self._path.touch(mode=0o600)
            self._file = self._path.open("r+b")
        try:
            _lock(self._file)
            return True
        except OSError:
            return False

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
