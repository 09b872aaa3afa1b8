"""The list of open windows."""

from __future__ import annotations

from pathlib import Path

import pytest

from narvi_desktop.state.names import WindowKey
from narvi_desktop.state.session_restore import OpenWindow, read_open_windows, write_open_windows

WINDOWS = [
    OpenWindow("1", WindowKey("work", "notes", "main"), {"title": "Notes"}),
    OpenWindow("7", WindowKey("work", "boards", None), {"title": "Boards"}),
]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "windows.json"
    write_open_windows(file, WINDOWS)
    assert read_open_windows(file) == WINDOWS


@pytest.mark.parametrize("content", ["", "{}", "[1]", '[{"window": "x", "key": ["a", "b", null], "look": {}}]'])
def test_a_damaged_list_reopens_nothing(tmp_path: Path, content: str) -> None:
    file = tmp_path / "windows.json"
    file.write_text(content)
    assert read_open_windows(file) == []


def test_a_list_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    write_open_windows(tmp_path / "missing" / "windows.json", WINDOWS)
    assert read_open_windows(tmp_path / "missing" / "windows.json") == []
