"""Entries of the desktop's menu."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from narvi_desktop.library.finder import Finder
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.runtime.menu_entries import MenuEntries
from narvi_desktop.state.names import AppRef
from tests.support.account import make_app


@pytest.fixture
def entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MenuEntries:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    make_app(tmp_path / "installed" / "mine")
    return MenuEntries(Finder(tmp_path / "installed"))


def test_the_program_itself(entries: MenuEntries) -> None:
    added = entries.add(None)
    assert (added.name, Path(added.file).is_file()) == ("narvi-desktop", True)
    status = entries.status()
    assert status.added and status.entries == ["narvi-desktop"]
    assert entries.remove(None).removed and not entries.remove(None).removed


def test_an_app(entries: MenuEntries) -> None:
    assert entries.add(AppRef("mine/second")).name == "narvi-desktop-mine-second"
    status = entries.status()
    assert not status.added and status.message == "narvi-desktop is not in your menu, and so are: mine-second."
    assert entries.remove(AppRef("second")).removed
    assert entries.status().entries == []


def test_an_app_that_is_gone_can_still_be_taken_out(entries: MenuEntries) -> None:
    assert entries.remove(AppRef("gone/app")).message == "gone/app is not in your menu."
    with pytest.raises(LibraryError, match="no app"):
        entries.add(AppRef("gone/app"))


def test_a_folder_has_to_be_installed_first(entries: MenuEntries, tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="install it first"):
        entries.add(AppRef(str(tmp_path / "installed" / "mine")))
