"""The folders of a user."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from narvi_desktop.state.paths import Paths


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("HOME", str(tmp_path))
    for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    return Paths.default()


def test_they_follow_the_xdg_folders(paths: Paths, tmp_path: Path) -> None:
    assert paths.config == tmp_path / "config/narvi-desktop"
    assert paths.installed == tmp_path / "data/narvi-desktop/apps"
    assert paths.record == tmp_path / "state/narvi-desktop/run/runtime.json"
    assert paths.app_log("work", "notes").name == "work.notes.log"


def test_they_are_private(paths: Paths) -> None:
    paths.run.mkdir(mode=0o755, parents=True)
    paths.make()
    assert stat.S_IMODE(paths.run.stat().st_mode) == 0o700
    assert stat.S_IMODE(paths.config.stat().st_mode) == 0o700
