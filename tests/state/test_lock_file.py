"""Locks between processes."""

from __future__ import annotations

from pathlib import Path

from narvi_desktop.state.lock_file import LockFile, is_held
from tests.support.lock import held_by_another


def test_another_process_waits_until_the_holder_dies(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with held_by_another(file) as holder:
        lock = LockFile(file)
        assert not lock.acquire() and is_held(file)
        holder.kill()
        holder.wait()
        assert not is_held(file)
        assert lock.acquire()
        lock.release()


def test_a_file_that_is_not_there_is_held_by_nobody(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "lock")


def test_a_lock_that_is_released_can_be_taken_again(tmp_path: Path) -> None:
    lock = LockFile(tmp_path / "lock")
    assert lock.acquire() and lock.acquire()
    lock.release()
    lock.release()
    assert lock.acquire()
    lock.release()
