"""Apps from folders and zips: whole or not at all, and never outside the folder of installed apps."""

from __future__ import annotations

import os
import shutil
import stat
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from narvi_desktop.library import install
from narvi_desktop.library.finder import Finder
from narvi_desktop.library.manifest import LibraryError
from tests.support.account import APP, make_app


def put(source: Path, installed: Path, replace: bool = False) -> Path:
    return install.stage(source, installed).commit(replace).folder


def packed(folder: Path, entries: Mapping[str, str | bytes]) -> Path:
    file = folder / "given.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return file


GOOD = {"narvi.toml": APP, "service.py": "class Mine: pass\n", "web/index.html": "<title>Mine</title>"}


def test_a_folder_is_copied_without_what_tools_leave(tmp_path: Path) -> None:
    source, installed = make_app(tmp_path / "source"), tmp_path / "apps"
    (source / "__pycache__").mkdir()
    (source / ".git").mkdir()
    folder = put(source, installed)
    assert folder == installed / "mine"
    assert sorted(child.name for child in folder.iterdir()) == ["narvi.toml", "service.py", "web"]
    assert [child.name for child in installed.iterdir()] == ["mine"]
    known = Finder(installed).sources()[0].manifest
    assert known is not None and known.workspace == "mine"


@pytest.mark.parametrize("top", ["", "mine-1.0/"])
def test_a_zip_with_and_without_a_folder_around(tmp_path: Path, top: str) -> None:
    file = packed(tmp_path, {f"{top}{name}": text for name, text in GOOD.items()} | {"__MACOSX/x": "x"})
    folder = put(file, tmp_path / "apps")
    assert (folder / "web" / "index.html").read_text() == "<title>Mine</title>"
    assert not (folder / "__MACOSX").exists()


def test_what_is_there_is_replaced_only_when_asked(tmp_path: Path) -> None:
    source, installed = make_app(tmp_path / "source"), tmp_path / "apps"
    put(source, installed)
    (source / "service.py").write_text("class Mine: new = True\n")
    staged = install.stage(source, installed)
    with pytest.raises(install.AlreadyInstalled, match="Mine is installed already"):
        staged.commit(False)
    staged.discard()
    assert "new" not in (installed / "mine" / "service.py").read_text()
    assert "new" in (put(source, installed, replace=True) / "service.py").read_text()
    assert [child.name for child in installed.iterdir()] == ["mine"]


@pytest.mark.parametrize("name", ["../out.txt", "/etc/out.txt", "web/../../out.txt", "C:\\out.txt", "..\\out.txt"])
def test_a_zip_that_climbs_is_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / "given.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for entry, text in GOOD.items():
            archive.writestr(entry, text)
        info = zipfile.ZipInfo("x")
        info.filename = name  # as it is: the constructor would mend it
        archive.writestr(info, "x")
    with pytest.raises(install.InstallError, match=r"not a plain file inside it"):
        install.stage(file, tmp_path / "apps")
    assert list((tmp_path / "apps").iterdir()) == [] and not list(tmp_path.rglob("out.txt*"))


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "given.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in GOOD.items():
            archive.writestr(name, text)
        link = zipfile.ZipInfo("web/passwd")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(install.InstallError, match="passwd"):
        install.stage(file, tmp_path / "apps")


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_BYTE_LIMIT", 10_000)
    file = packed(tmp_path, GOOD | {"zeros": bytes(1_000_000)})
    with pytest.raises(install.InstallError, match="unpacks to more"):
        install.stage(file, tmp_path / "apps")
    assert list((tmp_path / "apps").iterdir()) == []


def test_what_is_no_app(tmp_path: Path) -> None:
    installed = tmp_path / "apps"
    (tmp_path / "junk.zip").write_bytes(b"no zip at all")
    cases = {
        tmp_path / "junk.zip": "not a readable zip",
        tmp_path / "absent.zip": "does not exist",
        packed(tmp_path, {"readme.txt": "x"}): "contains no app",
        tmp_path: "cannot be read",  # a folder without a manifest
    }
    for source, said in cases.items():
        with pytest.raises(LibraryError, match=said):
            install.stage(source, installed)
    assert list(installed.iterdir()) == []


def test_a_broken_manifest_leaves_nothing_behind(tmp_path: Path) -> None:
    file = packed(tmp_path, GOOD | {"narvi.toml": APP.replace("title", "tilte")})
    with pytest.raises(LibraryError, match="tilte"):
        install.stage(file, tmp_path / "apps")
    assert list((tmp_path / "apps").iterdir()) == []


def test_a_folder_that_holds_the_installed_apps(tmp_path: Path) -> None:
    make_app(tmp_path / "all")
    with pytest.raises(install.InstallError, match="contains the folder of installed apps"):
        install.stage(tmp_path / "all", tmp_path / "all" / "apps")


def test_killed_while_replacing_the_old_one_comes_back(tmp_path: Path) -> None:
    installed = tmp_path / "apps"
    folder = put(make_app(tmp_path / "source"), installed)
    folder.rename(installed / ".old-mine")  # as it stands between the two renames
    half = installed / ".new-half"
    half.mkdir()
    os.utime(half, (time.time() - 7200,) * 2)
    install.tidy(installed)
    assert [child.name for child in installed.iterdir()] == ["mine"]


def test_a_replacement_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    source, installed = make_app(tmp_path / "source"), tmp_path / "apps"
    put(source, installed)
    staged = install.stage(source, installed)
    shutil.rmtree(staged.manifest.folder)  # what is to be moved is gone
    with pytest.raises(FileNotFoundError):
        staged.commit(True)
    assert (installed / "mine" / "narvi.toml").exists()


def test_only_an_installed_app_is_removed(tmp_path: Path) -> None:
    installed = tmp_path / "apps"
    folder = put(make_app(tmp_path / "source"), installed)
    with pytest.raises(install.InstallError, match="not among the installed"):
        install.remove(tmp_path / "source", installed)
    install.remove(folder, installed)
    assert list(installed.iterdir()) == [] and (tmp_path / "source").exists()


class RawName(zipfile.ZipInfo):
    """An entry whose name is written as it is given, in UTF-8 without the flag that says so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # zipfile's own hook; no public one writes such an archive
        return self.filename.encode(), self.flag_bits & ~0x800


def packed_raw(folder: Path, entries: Mapping[str, str]) -> Path:
    file = folder / "given.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in entries.items():
            entry = RawName("x")
            entry.filename = name
            entry.external_attr = (0o40755 << 16 | 0x10) if name.endswith("/") else 0o100644 << 16
            archive.writestr(entry, text)
    return file


@pytest.mark.parametrize("prefix", ["//", "///", "\\\\", "/\\", "\\\\?\\", "//?/", "./../", ".\\..\\", "web/..//../"])
def test_no_spelling_of_a_name_leaves_the_folder(tmp_path: Path, prefix: str) -> None:
    target = tmp_path / "outside" / "written.txt"
    target.parent.mkdir()
    for name in (f"{prefix}{str(target).lstrip('/')}", f"{prefix}outside/written.txt"):
        file = packed_raw(tmp_path, {**GOOD, name: "x"})
        with pytest.raises(install.InstallError):
            install.stage(file, tmp_path / "apps")
        assert list(target.parent.iterdir()) == []
        assert list((tmp_path / "apps").iterdir()) == []


def test_an_archive_that_lists_its_own_folder(tmp_path: Path) -> None:
    file = packed_raw(tmp_path, {"./": "", "./web/": "", **{f"./{name}": text for name, text in GOOD.items()}})
    assert (put(file, tmp_path / "apps") / "web" / "index.html").exists()


def test_names_that_are_utf8_without_saying_so(tmp_path: Path) -> None:
    file = packed_raw(tmp_path, {**GOOD, "web/größe.txt": "1", "web/日本.txt": "2"})
    web = put(file, tmp_path / "apps") / "web"
    assert {child.name for child in web.iterdir()} == {"index.html", "größe.txt", "日本.txt"}


def test_a_name_that_stands_twice_is_named(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(tmp_path / "given.zip", "w") as archive:
        for name, text in [*GOOD.items(), ("service.py", "again")]:
            archive.writestr(name, text)
    with pytest.raises(install.InstallError, match=r"it contains 'service\.py' twice"):
        install.stage(tmp_path / "given.zip", tmp_path / "apps")
