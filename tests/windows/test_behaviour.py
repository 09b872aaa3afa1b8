"""What people take for granted of windows: tried on a screen with a window manager."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from functools import partial
from pathlib import Path

import pytest

from tests.support.account import Account, is_alive, make_app
from tests.support.probe import PAGE, Probe
from tests.support.waiting import until
from tests.support.windows import hosts, processes, titles


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
    probe.press_on_error_page("Return")
    probe.until_said("here", 2)
    assert probe.window() == window


def test_a_dead_page_can_be_shown_in_another_way(user: Account) -> None:
    probe = Probe(user)
    probe.open()
    probe.until_said("here")
    kill_pages(user)
    probe.window("^Probe$")
    probe.press_on_error_page("alt+b")
    probe.until_said("here", 2)
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
    probe.press_on_error_page("Return")
    probe.until_said("here")


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
