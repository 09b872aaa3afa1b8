"""What people take for granted of windows: tried on a screen with a window manager."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import screen
from tests.support.account import Account, is_alive, make_app
from tests.support.waiting import PATIENCE, until
from tests.windows.test_windows import hosts, processes, seat, titles

__all__ = ["seat"]
MANIFEST = """
manifest = 1
workspace = "probe"
[services.probe]
class = "service:Probe"
service_id = "main"
parameters = { folder = "{data}" }
[apps.probe]
title = "Probe"
web = "web"
"""
SERVICE = """
from pathlib import Path
class Probe:
    def __init__(self, services, folder):
        self.said = Path(folder) / "said.txt"
        services.add_message_listener(lambda message, session: self.said.open("a").write(message + "\\n"))
"""
PAGE = """<!doctype html><title>Probe page</title>
<a href="http://elsewhere.invalid/page?x=1">out</a>
<a href="file.txt" download="a b.txt">save</a>
<button onclick="probe.hold_window('Two words are not saved.'); tell('held')">hold</button>
<button onclick="probe.hold_window(null); tell('free')">let go</button>
<button onclick="location.href = 'http://elsewhere.invalid/script'">leave</button>
<script src="narvi/narvi.js"></script>
<script>
const visits = Number(localStorage.getItem("visits") ?? 0) + 1
localStorage.setItem("visits", visits)
const probe = start_narvi(class {})
const tell = (what) => probe.send(JSON.stringify({ what, visits, zoom: devicePixelRatio }))
tell("here")
addEventListener("resize", () => tell("resized"))
</script>"""


@pytest.fixture(scope="module")
def managed() -> Iterator[str]:
    """A screen with a window manager, which leaves properties behind: no test without one comes after it."""
    assert shutil.which("openbox"), "tests of windows need openbox; ./scripts/test installs it"
    with screen() as display, contextlib.ExitStack() as stack:
        environment = os.environ | {"DISPLAY": display}
        manager = stack.enter_context(subprocess.Popen(["openbox"], env=environment, stderr=subprocess.DEVNULL))
        stack.callback(manager.terminate)

        def manages() -> bool:
            assert manager.poll() is None, "openbox has ended"
            asked = subprocess.run(["wmctrl", "-m"], env=environment, capture_output=True, check=False)
            return asked.returncode == 0

        until(manages)
        yield display


class Probe:
    """The app, its one window, and what its page has said."""

    def __init__(self, seat: Account, page: str = PAGE, more: str = "") -> None:
        self.seat = seat
        self.folder = seat.home / "data/narvi-desktop/apps/probe"
        (self.folder / "web").mkdir(parents=True)
        (self.folder / "narvi.toml").write_text(MANIFEST + more)
        (self.folder / "service.py").write_text(SERVICE)
        (self.folder / "web" / "index.html").write_text(page)
        (self.folder / "web" / "file.txt").write_text("what was asked for")

    def open(self, *more: str) -> None:
        self.seat.json("open", "probe", *more)

    def said(self) -> list[dict[str, Any]]:
        file = self.seat.home / "data/narvi-desktop/data/probe/said.txt"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def until_said(self, what: str, count: int = 1) -> dict[str, Any]:
        until(lambda: self.count(what) >= count)
        return [one for one in self.said() if one["what"] == what][-1]

    def window(self, title: str = "^Probe page$") -> str:
        found: list[list[str]] = []

        def is_there() -> bool:
            found.append(titles(self.seat, title))
            return len(found[-1]) == 1

        until(is_there)
        return found[-1][0]

    def run(self, *command: str) -> str:
        process = subprocess.run(
            command, env=self.seat.environment, capture_output=True, text=True, check=True, timeout=PATIENCE
        )
        return process.stdout

    def press(self, *keys: str, title: str = "^Probe page$") -> None:
        self.run("xdotool", "windowfocus", "--sync", self.window(title), "key", *keys)

    def press_until(self, key: str, condition: Callable[[], bool]) -> None:
        """On the page that stands in for the app's: who is faster than it loads presses again."""

        def pressed() -> bool:
            found = titles(self.seat, "^Probe$")
            if not condition() and found:
                self.run("xdotool", "windowfocus", "--sync", found[0], "key", key)
                time.sleep(0.5)
            return condition()

        until(pressed)

    def count(self, what: str) -> int:
        return sum(one["what"] == what for one in self.said())

    def close(self) -> None:
        self.run("wmctrl", "-i", "-c", self.window())

    def place(self) -> list[int]:
        """x, y, width and height of the content, as the window manager sees them."""
        wanted = f"{int(self.window()):#010x}"
        line = next(line for line in self.run("wmctrl", "-lG").splitlines() if line.startswith(wanted))
        return [int(number) for number in line.split()[2:6]]

    def kept(self) -> dict[str, Any]:
        file = self.seat.home / "state/narvi-desktop/places.json"
        known = json.loads(file.read_text()) if file.exists() else {}
        place: dict[str, Any] = known.get("probe/probe/main", {})
        return place

    def instances(self) -> dict[str, Any]:
        found: dict[str, Any] = self.seat.json("status")["admin"]["probe"]["probe"]["instances"]
        return found


@pytest.fixture
def user(seat: Account, managed: str) -> Account:
    """An account at the managed screen, whose browser writes down what it is to open."""
    browser = seat.home / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >> {seat.home}/browsed.txt\n')
    browser.chmod(0o755)
    seat.environment |= {"BROWSER": str(browser), "DISPLAY": managed}
    return seat


def restart(user: Account) -> None:
    user.run("stop")
    until(lambda: not hosts(user))


def test_size_and_place_are_there_after_a_restart(user: Account) -> None:
    probe = Probe(user)
    probe.open()
    probe.run("wmctrl", "-i", "-r", probe.window(), "-e", "0,200,90,620,410")
    until(lambda: (probe.kept().get("width"), probe.kept().get("x")) == (620, 200))
    before = probe.place()
    restart(user)
    probe.open()
    until(lambda: probe.place() == before)
    restart(user)
    probe.open()
    until(lambda: probe.place() == before)  # nor does it creep


def test_a_window_on_a_screen_that_is_gone_comes_back_to_one_that_is_there(user: Account) -> None:
    probe = Probe(user)
    probe.open()
    probe.run("wmctrl", "-i", "-r", probe.window(), "-e", "0,200,90,620,410")
    until(lambda: probe.kept().get("width") == 620)
    restart(user)
    file = user.home / "state/narvi-desktop/places.json"
    places = json.loads(file.read_text())
    places["probe/probe/main"] |= {"x": 4000, "y": 3000}
    file.write_text(json.dumps(places))
    probe.open()
    until(lambda: 0 <= probe.place()[0] < 700 and 0 <= probe.place()[1] < 450)


def test_maximized_stays_maximized_and_keeps_the_place_before(user: Account) -> None:
    probe = Probe(user)
    probe.open()
    probe.run("wmctrl", "-i", "-r", probe.window(), "-e", "0,200,90,620,410")
    until(lambda: probe.kept().get("width") == 620)
    probe.run("wmctrl", "-i", "-r", probe.window(), "-b", "add,maximized_vert,maximized_horz")
    until(lambda: probe.kept().get("maximized") is True)
    assert probe.kept()["width"] == 620
    restart(user)
    probe.open()
    until(lambda: probe.place()[2] > 1200)
    probe.run("xdotool", "windowminimize", "--sync", probe.window())
    probe.open()  # focused, and as it was
    until(lambda: titles(user, "^Probe page$") != [] and probe.place()[2] > 1200)
    assert probe.kept()["maximized"] is True
    probe.run("wmctrl", "-i", "-r", probe.window(), "-b", "remove,maximized_vert,maximized_horz")
    until(lambda: probe.place()[2:] == [620, 410])


def test_zoom_by_keys_is_kept(user: Account) -> None:
    probe = Probe(user)
    probe.open()
    assert probe.until_said("here")["zoom"] == 1
    probe.press("ctrl+plus", "ctrl+plus")
    until(lambda: probe.kept().get("zoom") == 1.25)
    restart(user)
    probe.open()
    until(lambda: probe.said()[-1]["zoom"] == 1.25)
    probe.press("ctrl+0")
    until(lambda: probe.said()[-1]["zoom"] == 1)


def test_a_second_window_stands_beside_the_first(user: Account) -> None:
    probe = Probe(user)
    probe.open()
    probe.run("wmctrl", "-i", "-r", probe.window(), "-e", "0,200,90,620,410")
    until(lambda: probe.kept().get("width") == 620)
    probe.open("--new-window")
    until(lambda: len(titles(user, "^Probe page$")) == 2)
    lines = [line.split()[2:4] for line in probe.run("wmctrl", "-lG").splitlines() if "Probe page" in line]
    assert lines[0] != lines[1]


def test_what_pages_store_survives_a_restart(user: Account) -> None:
    probe = Probe(user)
    probe.open()
    assert probe.until_said("here")["visits"] == 1
    restart(user)
    probe.open()
    assert probe.until_said("here", 2)["visits"] == 2


def test_a_link_elsewhere_opens_in_the_browser_and_the_app_stays(user: Account) -> None:
    probe = Probe(user)
    probe.open()
    probe.until_said("here")
    probe.press("Tab", "Return")
    browsed = user.home / "browsed.txt"
    until(lambda: browsed.exists() and browsed.read_text() == "http://elsewhere.invalid/page?x=1\n")
    probe.press("ctrl+plus")  # it is there and takes keys
    assert probe.until_said("resized")["visits"] == 1


def test_a_script_that_leads_elsewhere_does_not_replace_the_app(user: Account) -> None:
    probe = Probe(user)
    probe.open()
    probe.until_said("here")
    probe.press("Tab", "Tab", "Tab", "Tab", "Tab", "Return")
    browsed = user.home / "browsed.txt"
    until(lambda: browsed.exists() and browsed.read_text() == "http://elsewhere.invalid/script\n")
    probe.press("ctrl+plus")
    assert probe.until_said("resized")["visits"] == 1


def is_whole(file: Path) -> bool:
    return file.read_text() == "what was asked for"


def test_downloads_arrive_and_none_is_overwritten(user: Account) -> None:
    probe = Probe(user)
    probe.open()
    probe.until_said("here")
    folder = user.home / "Downloads"
    probe.press("Tab", "Tab")
    for name in ("a b.txt", "a b (2).txt"):
        probe.press("Return")
        file = folder / name
        until(file.exists)
        until(partial(is_whole, file))


def test_a_held_window_asks_before_it_closes(user: Account) -> None:
    probe = Probe(user)
    probe.open()
    probe.until_said("here")
    probe.press("Tab", "Tab", "Tab", "Return")
    probe.until_said("held")
    probe.close()
    until(lambda: len(titles(user, "^Probe$")) == 1)  # the question
    probe.press("Escape", title="^Probe$")
    until(lambda: titles(user, "^Probe$") == [])
    probe.close()
    probe.window("^Probe$")
    probe.press("Escape", title="^Probe$")
    until(lambda: titles(user, "^Probe$") == [])
    probe.press("Tab", "Return")
    probe.until_said("free")
    probe.close()
    until(lambda: titles(user, "^Probe page$") == [])


def test_a_held_window_closes_when_the_person_means_it(user: Account) -> None:
    probe = Probe(user)
    probe.open()
    probe.until_said("here")
    probe.press("Tab", "Tab", "Tab", "Return")
    probe.until_said("held")
    probe.close()
    probe.press("Tab", "Return", title="^Probe$")  # from Cancel, where it stands, to OK
    until(lambda: titles(user, "^Probe page$") == [] and user.json("status")["windows"] == [])


@pytest.mark.parametrize(("on_close", "runs"), [("keep", True), ("stop", False)])
def test_what_closing_the_last_window_means(user: Account, on_close: str, runs: bool) -> None:
    probe = Probe(user, more=f'on_close = "{on_close}"\n')
    probe.open()
    probe.open("--new-window")
    until(lambda: len(titles(user, "^Probe page$")) == 2)
    first, second = titles(user, "^Probe page$")
    probe.run("wmctrl", "-i", "-c", first)
    until(lambda: titles(user, "^Probe page$") == [second])
    assert "main" in probe.instances()  # it was not the last
    probe.run("wmctrl", "-i", "-c", second)
    until(lambda: user.json("status")["windows"] == [])
    until(lambda: ("main" in probe.instances()) is runs)


@pytest.mark.parametrize(("key", "runs"), [("alt+l", True), ("alt+s", False)])
def test_an_app_that_asks(user: Account, key: str, runs: bool) -> None:
    probe = Probe(user, more='on_close = "ask"\n')
    probe.open()
    probe.until_said("here")
    probe.close()
    probe.press("Escape", title="^Probe$")
    until(lambda: titles(user, "^Probe$") == [])
    assert len(titles(user, "^Probe page$")) == 1  # they thought better of it
    probe.close()
    probe.press(key, title="^Probe$")
    until(lambda: user.json("status")["windows"] == [])
    until(lambda: ("main" in probe.instances()) is runs)


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def kill_pages(user: Account) -> None:
    """Chromium forks the processes of pages from a zygote of the host, and may call them by its name."""
    (host,) = hosts(user)
    found: list[int] = []

    def are_there() -> bool:
        alive = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
        parents = {pid: parent_of(pid) for pid in alive if is_alive(pid)}
        zygotes = [pid for pid, parent in parents.items() if parent == host]
        found[:] = [pid for pid, parent in parents.items() if parent in zygotes]
        return bool(found)

    until(are_there)
    for pid in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_a_dead_page_is_replaced_and_comes_back(user: Account) -> None:
    probe = Probe(user)
    probe.open()
    probe.until_said("here")
    window = probe.window()
    kill_pages(user)
    probe.window("^Probe$")  # our page, called by the app's name
    assert user.json("status")["windows"] == [{"workspace": "probe", "app": "probe", "service_id": "main"}]
    probe.press_until("Return", lambda: probe.count("here") > 1)
    assert probe.window() == window


def test_a_dead_page_can_be_shown_in_another_way(user: Account) -> None:
    probe = Probe(user)
    probe.open()
    probe.until_said("here")
    kill_pages(user)
    probe.window("^Probe$")
    probe.press_until("alt+b", lambda: probe.count("here") > 1)
    assert processes(user, b"--app=http")


def test_opening_it_again_brings_a_dead_page_back_too(user: Account) -> None:
    probe = Probe(user)
    probe.open()
    probe.until_said("here")
    kill_pages(user)
    probe.window("^Probe$")
    probe.open()
    probe.until_said("here", 2)
    assert len(user.json("status")["windows"]) == 1


@pytest.mark.parametrize("script", ["", "for (;;) {}"], ids=["empty", "hangs"])
def test_no_white_window(user: Account, script: str) -> None:
    (user.home / "config" / "narvi-desktop").mkdir(parents=True)
    (user.home / "config/narvi-desktop/config.toml").write_text("[settings]\nblank_after = 2.5\n")
    probe = Probe(user, f"<!doctype html><title>Probe page</title><script>{script}</script>")
    probe.open("--no-wait")
    log = user.home / "state/narvi-desktop/log/runtime.log"
    until(lambda: "for 2.5 seconds" in log.read_text())
    (probe.folder / "web" / "index.html").write_text(PAGE)
    probe.press_until("Return", lambda: probe.count("here") > 0)


def test_home_adds_a_folder_by_its_dialog(user: Account) -> None:
    folder = make_app(user.home / "given folder")
    user.json("open", "desktop/home")
    probe = Probe(user)
    probe.press("Tab", "Tab", "Return", "Return", title="^Home$")
    dialog = probe.window("^Select folder")
    probe.run("xdotool", "windowfocus", "--sync", dialog, "type", "--delay", "15", str(folder))
    probe.run("xdotool", "key", "Return")
    until((user.home / "data/narvi-desktop/apps/mine/narvi.toml").exists)


def test_a_page_that_is_well_is_left_alone(user: Account) -> None:
    for _ in range(4):
        user.json("open", "notes", "--new-window")
    # Once a white one that was opened after them is found, the time of all is over.
    Probe(user, "<!doctype html><title>Probe page</title>").open("--no-wait")
    log = user.home / "state/narvi-desktop/log/runtime.log"
    until(lambda: "the window of probe/probe" in log.read_text())
    assert "the window of notes/notes" not in log.read_text()
    assert len(titles(user, "Notes$")) == 4


def test_each_app_has_its_icon_in_the_one_host(user: Account) -> None:
    probe = Probe(user)
    probe.open()
    user.json("open", "notes")
    until(lambda: len(titles(user, "Notes$")) == 1)
    windows = (probe.window(), titles(user, "Notes$")[0])
    icons = {probe.run("xprop", "-id", window, "-f", "_NET_WM_ICON", "32c", "_NET_WM_ICON") for window in windows}
    assert len(hosts(user)) == 1 and len(icons) == 2
