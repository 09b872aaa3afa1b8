"""References of apps."""

from __future__ import annotations

from pathlib import Path

import pytest

from narvi_desktop.state.names import NAME, AppRef


@pytest.mark.parametrize("name", ["a", "0", "notes", "my_app-2", "x" * 64])
def test_valid_names(name: str) -> None:
    assert NAME.fullmatch(name)


@pytest.mark.parametrize("name", ["", "-a", "_a", "A", "a b", "a/b", "ä", "x" * 65, "a\n"])
def test_invalid_names(name: str) -> None:
    assert not NAME.fullmatch(name)


@pytest.mark.parametrize("text", ["notes", "work/notes", "narvi"])
def test_a_name_stays_a_name(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ref = AppRef.typed(text)
    assert str(ref) == text and ref.folder is None


@pytest.mark.parametrize("text", ["./notes", "work/notes/", "notes/sub/deep", ".", "work/notes"])
def test_a_path_becomes_absolute(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work" / "notes").mkdir(parents=True)  # so that work/notes is a path and not workspace/app
    monkeypatch.chdir(tmp_path)
    ref = AppRef.typed(text)
    assert ref.folder == tmp_path / text and ref.folder.is_absolute()


def test_a_home_folder_is_expanded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert AppRef.typed("~/notes").folder == tmp_path / "notes"
    assert AppRef("~/notes").last_part == "notes"


def test_a_reference_by_workspace() -> None:
    ref = AppRef.of("work", "notes")
    assert (str(ref), ref.folder, ref.last_part) == ("work/notes", None, "notes")
