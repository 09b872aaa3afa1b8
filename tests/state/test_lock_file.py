"""Locks between processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from narvi_desktop.state.lock_file import LockFile

HOLD = """
import sys
from pathlib import Path
from narvi_desktop.state.lock_file import LockFile
lock = LockFile(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


def test_another_process_waits_until_the_holder_dies(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    command = [sys.executable, "-c", HOLD, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "True\n"
        lock = LockFile(file)
        assert not lock.acquire()
        holder.kill()
        holder.wait()
        assert lock.acquire()
        lock.release()


def test_a_lock_that_is_released_can_be_taken_again(tmp_path: Path) -> None:
    lock = LockFile(tmp_path / "lock")
    assert lock.acquire() and lock.acquire()
    lock.release()
    lock.release()
    assert lock.acquire()
    lock.release()
