"""Entries of Linux desktops: judged by desktop-file-validate, started by gtk-launch and xdg-open."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from narvi_desktop.integration.entry import Entry, app_entry, own_icon
from narvi_desktop.integration.linux import LinuxMenu, desktop_entry
from tests.support.account import Account, make_app
from tests.support.waiting import until
from tests.support.windows import titles

ODD = ["plain", "two words"]
ODD += ["it's \"quoted\"", "$HOME `id` \\ back", "100 %u %%", "日本語 ünï", "a;b&c|d>e", "\\n \\s \\\\"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def test_entries_are_valid_whatever_the_names(home: Path) -> None:
    for number, odd in enumerate([*ODD, "two\nlines\nExec=evil", "\x1b[31mred", "x" * 300]):
        entry = Entry(f"narvi-desktop-test-{number}", odd, odd, own_icon(), ("/bin/true", "open", "a/b"), number == 0)
        file = LinuxMenu().add(entry)
        validate(file)
        assert [line for line in file.read_text().splitlines() if line.startswith("Exec=")] == [
            "Exec=/bin/true open a/b" + (" %u" if number == 0 else "")
        ]


def validate(file: Path) -> None:
    assert shutil.which("desktop-file-validate"), "these tests need desktop-file-utils; ./scripts/test installs it"
    done = subprocess.run(["desktop-file-validate", str(file)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


@pytest.mark.parametrize("odd", ODD)
def test_arguments_arrive_as_they_are(home: Path, odd: str, display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started by GLib's own reading of Exec."""
    monkeypatch.setenv("DISPLAY", display)
    folder = home / odd.replace("/", "-")
    folder.mkdir()
    seen = home / "seen.json"
    program = folder / "program.py"
    new = home / "new"
    program.write_text(
        f"#!{sys.executable}\nimport json, os, sys\n"
        f"open({str(new)!r}, 'w').write(json.dumps(sys.argv[1:]))\nos.rename({str(new)!r}, {str(seen)!r})\n"
    )
    program.chmod(0o755)
    file = LinuxMenu().add(Entry("narvi-desktop-odd", odd, odd, own_icon(), (str(program), odd, "last")))
    validate(file)
    assert shutil.which("gtk-launch"), "these tests need libgtk-3-bin; ./scripts/test installs it"
    subprocess.run(["gtk-launch", "narvi-desktop-odd"], check=True, capture_output=True)
    until(seen.exists)
    assert json.loads(seen.read_text()) == [odd, "last"]


def test_a_control_character_in_a_command_is_refused(home: Path) -> None:
    entry = Entry("narvi-desktop-x", "x", "x", own_icon(), ("/bin/true\nExec=evil",))
    with pytest.raises(OSError, match="control character"):
        desktop_entry(entry, "x")


def test_icons_lie_where_themes_look_and_go_with_the_entry(home: Path) -> None:
    vector = home / "icon.svg"
    vector.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    menu = LinuxMenu()
    menu.add(app_entry("mine", "mine", "Mine", "", own_icon()))
    menu.add(app_entry("mine", "second", "Second", "", vector))
    icons = home / "data" / "icons" / "hicolor"
    assert (icons / "256x256/apps/narvi-desktop-mine-mine.png").read_bytes() == own_icon().read_bytes()
    assert (icons / "scalable/apps/narvi-desktop-mine-second.svg").exists()
    assert menu.names() == ["narvi-desktop-mine-mine", "narvi-desktop-mine-second"]
    assert menu.remove("narvi-desktop-mine-mine") and not menu.remove("narvi-desktop-mine-mine")
    assert menu.names() == ["narvi-desktop-mine-second"]
    assert not list(icons.rglob("narvi-desktop-mine-mine*"))


def test_other_handlers_stay(home: Path) -> None:
    handlers = home / "config" / "mimeapps.list"
    handlers.parent.mkdir()
    before = "[Added Associations]\ntext/html=a.desktop;\n\n[Default Applications]\ntext/html=a.desktop\n"
    handlers.write_text(before)
    entry = Entry("narvi-desktop", "x", "x", own_icon(), ("/bin/true",), True)
    LinuxMenu().add(entry)
    LinuxMenu().add(entry)
    assert handlers.read_text().count("x-scheme-handler/narvi=narvi-desktop.desktop") == 1
    assert set(before.splitlines()) <= set(handlers.read_text().splitlines())
    LinuxMenu().remove("narvi-desktop")
    assert handlers.read_text() == before


@pytest.fixture
def menu(seat: Account) -> Iterator[Account]:
    """A fresh account at a screen that has put us into its menu."""
    code, out, error = seat.run("launcher", "add")
    assert code == 0 and "is in your menu" in out, error
    yield seat


def launch(account: Account, *command: str) -> None:
    root = str(Path(__file__).parents[2])
    subprocess.run(command, env=account.environment | {"PYTHONPATH": root}, check=True, capture_output=True)


def test_from_the_menu_to_home_and_to_an_app(menu: Account) -> None:
    validate(menu.home / "data/applications/narvi-desktop.desktop")
    launch(menu, "gtk-launch", "narvi-desktop")
    until(lambda: len(titles(menu, "^Home$")) == 1)
    assert menu.run("launcher", "add", "notes")[0] == 0
    launch(menu, "gtk-launch", "narvi-desktop-notes-notes")
    until(lambda: len(titles(menu, "Notes$")) == 1)
    assert menu.json("launcher", "status")["entries"] == ["narvi-desktop", "narvi-desktop-notes-notes"]
    assert menu.run("launcher", "remove", "notes")[1] == "notes is out of your menu.\n"
    assert menu.run("launcher", "remove")[0] == 0
    assert menu.json("launcher", "status") == {
        "schema": 1, "added": False, "entries": [], "message": "narvi-desktop is not in your menu."
    }


def test_an_address_reaches_the_running_runtime_and_opens_what_is_installed(menu: Account) -> None:
    menu.json("open", "notes", "--no-window")
    pid = menu.record()["pid"]
    launch(menu, "xdg-open", "narvi://open/hello/hello")
    until(lambda: len(titles(menu, "^Hello$")) == 1)
    assert menu.record()["pid"] == pid
    make_app(menu.home / "mine")
    code, _, error = menu.run("open", f"narvi://open/{menu.home}/mine")
    assert code == 2 and "is no address of an app" in error
    code, _, error = menu.run("open", "narvi://open/mine/mine", cwd=menu.home)
    assert code == 2 and "There is no app" in error
