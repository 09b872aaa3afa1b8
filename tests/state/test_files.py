"""Replacing files as a whole, and the end of a log."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from narvi_desktop.state.files import read_tail, replace_file


def test_a_file_is_replaced_and_private(tmp_path: Path) -> None:
    file = tmp_path / "file"
    replace_file(file, b"old")
    replace_file(file, b"new")
    assert file.read_bytes() == b"new" and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_failure_keeps_the_old_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    with pytest.raises(OSError):
        replace_file(target, b"data")
    assert list(tmp_path.iterdir()) == [target]


def test_the_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {number}\n" for number in range(10_000)))
    assert read_tail(log, 2) == "line 9998\nline 9999"
    log.write_bytes(b"\xff one line")
    assert read_tail(log) == "\ufffd one line"


def test_of_a_missing_file_there_is_no_end(tmp_path: Path) -> None:
    assert read_tail(tmp_path / "none") == ""
