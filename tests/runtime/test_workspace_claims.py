"""Which folder a workspace belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest

from narvi_desktop.library.finder import Source, SourceKind
from narvi_desktop.runtime.workspace_claims import WorkspaceClaims, WorkspaceTaken


def make_source(folder: Path, kind: SourceKind = "path") -> Source:
    folder.mkdir(exist_ok=True)
    return Source(kind, folder, None, "")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "workspaces.json"


def test_the_first_folder_gets_it_and_the_next_run_knows(file: Path, tmp_path: Path) -> None:
    first, second = make_source(tmp_path / "one"), make_source(tmp_path / "two")
    WorkspaceClaims(file, ()).claim(first, "work")
    claims = WorkspaceClaims(file, ())
    claims.claim(first, "work")
    with pytest.raises(WorkspaceTaken, match=rf"belongs to {first.folder}; {second.folder} names it too"):
        claims.claim(second, "work")


def test_a_folder_that_is_gone_owns_nothing(file: Path, tmp_path: Path) -> None:
    first, second = make_source(tmp_path / "one"), make_source(tmp_path / "two")
    claims = WorkspaceClaims(file, ())
    claims.claim(first, "work")
    first.folder.rmdir()
    claims.claim(second, "work")
    claims.check(second, "work")


def test_some_names_are_not_to_be_had(file: Path, tmp_path: Path) -> None:
    claims = WorkspaceClaims(file, {"notes"})
    with pytest.raises(WorkspaceTaken, match="narvi-desktop's own app"):
        claims.check(make_source(tmp_path / "one"), "notes")
    for reserved in ("desktop", "narvi", "api"):
        with pytest.raises(WorkspaceTaken, match="reserved"):
            claims.check(make_source(tmp_path / "one"), reserved)
    claims.claim(make_source(tmp_path / "bundled", "bundled"), "notes")
    assert not file.exists()


def test_who_installs_a_folder_takes_its_workspace_along(file: Path, tmp_path: Path) -> None:
    source, installed = make_source(tmp_path / "source"), make_source(tmp_path / "installed", "installed")
    claims = WorkspaceClaims(file, ())
    claims.claim(source, "work")
    claims.transfer("work", tmp_path / "other", installed.folder)
    with pytest.raises(WorkspaceTaken):
        claims.check(installed, "work")
    claims.transfer("work", source.folder, installed.folder)
    claims.check(installed, "work")


def test_only_the_owner_releases_it(file: Path, tmp_path: Path) -> None:
    source, other = make_source(tmp_path / "source"), make_source(tmp_path / "other")
    claims = WorkspaceClaims(file, ())
    claims.claim(source, "work")
    claims.release("work", other.folder)
    with pytest.raises(WorkspaceTaken):
        claims.check(other, "work")
    claims.release("work", source.folder)
    claims.check(other, "work")
