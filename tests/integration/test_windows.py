"""Shortcuts, icons and keys of Windows, read back by another reader; none has been seen by a Windows."""

from __future__ import annotations

import io
from pathlib import Path

import LnkParse3
import pytest

from narvi_desktop.integration.entry import Entry, own_icon
from narvi_desktop.integration.windows import WindowsMenu, ico, keys

PYTHON = r"C:\Users\Jörg Ä\venv\Scripts\narvi-desktop-window.exe"


def entry(title: str = "Notes", *arguments: str) -> Entry:
    return Entry("narvi-desktop-notes-notes", title, "Write in several windows", own_icon(), (PYTHON, *arguments))


def test_a_shortcut_says_what_it_should(tmp_path: Path) -> None:
    menu = WindowsMenu(tmp_path / "menu", tmp_path / "icons")
    file = menu.add(entry('A "title": <odd>/日本', "open", "two words"))
    assert file.name == "A -title-- -odd--日本 (narvi-desktop-notes-notes).lnk"
    link = LnkParse3.lnk_file(io.BytesIO(file.read_bytes())).get_json()
    assert link["link_info"]["local_base_path_unicode"] == PYTHON
    assert link["data"]["command_line_arguments"] == 'open "two words"'
    assert link["data"]["description"] == "Write in several windows"
    assert link["data"]["icon_location"].endswith("narvi-desktop-notes-notes.ico")
    assert menu.names() == ["narvi-desktop-notes-notes"]
    assert menu.remove("narvi-desktop-notes-notes") and menu.names() == []


def test_alike_titles_do_not_meet_and_foreign_files_stay(tmp_path: Path) -> None:
    menu = WindowsMenu(tmp_path / "menu", tmp_path / "icons")
    menu.add(entry())
    menu.add(Entry("narvi-desktop-other-notes", "Notes", "", own_icon(), (PYTHON,)))
    foreign = tmp_path / "menu" / "Notes.lnk"
    foreign.write_bytes(b"x")
    assert menu.names() == ["narvi-desktop-notes-notes", "narvi-desktop-other-notes"]
    menu.remove("narvi-desktop-notes-notes")
    assert menu.names() == ["narvi-desktop-other-notes"] and foreign.exists()


def test_the_icon_container() -> None:
    png = own_icon().read_bytes()
    data = ico(png)
    assert data[:6] == bytes((0, 0, 1, 0, 1, 0)) and data[6:8] == b"\0\0"  # 256 is written as 0
    assert int.from_bytes(data[14:18], "little") == len(png)
    assert data[int.from_bytes(data[18:22], "little") :] == png


@pytest.mark.parametrize("key", [r"Software\Classes\narvi", r"Software\Classes\narvi\shell\open\command"])
def test_the_keys_of_the_address_scheme(key: str) -> None:
    values = keys(entry(), Path(r"C:\icon.ico"))[key]
    assert values in ({"": "URL:narvi-desktop", "URL Protocol": ""}, {"": f'"{PYTHON}" "%1"'})
