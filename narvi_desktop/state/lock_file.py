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


def _try_lock(file: IO[bytes]) -> bool:
    try:
        _lock(file)
    except (BlockingIOError, PermissionError):  # EAGAIN or EACCES, whichever the system says
        return False
    return True


def is_held(path: Path) -> bool:
    """Return whether another process holds the lock of this file. Raises OSError as `LockFile.acquire` does.

    The lock is taken for a moment, so who wants it for long tries more than once. Not for the process that holds the
    lock itself: closing the file here would drop it.
    """
    try:
        with path.open("r+b") as file:
            return not _try_lock(file)
    except FileNotFoundError:
        return False


class LockFile:
    """Held until released, or until the process ends, however it ends.

    A process opens the file once: closing any other handle on it would drop a lockf lock.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def acquire(self) -> bool:
        """Take the lock if no other process holds it; return whether this one has it now.

        Raises:
            OSError: the file cannot be opened, or its file system has no locks.
        """
        if self._file is None:
            self._path.touch(mode=0o600)
            self._file = self._path.open("r+b")
        try:
            return _try_lock(self._file)
        except OSError:
            self.release()
            raise

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
