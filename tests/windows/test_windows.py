"""Real windows on a real X server, opened by the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from narvi_desktop.windows.availability import why_not
from tests.support.account import APP, Account, is_alive, make_app
from tests.support.devtools import DevTools
from tests.support.waiting import PATIENCE, until
from tests.support.windows import hosts, titles


def test_an_app_opens_in_a_window_and_is_focused_the_second_time(seat: Account) -> None:
    answer = seat.json("open", "hello")
    assert (answer["shown"], answer["message"]) == ("window", "Hello is open.")
    assert len(titles(seat)) == 1
    assert seat.json("open", "hello")["message"] == "Hello is open already."
    assert len(titles(seat)) == 1
    seat.json("open", "hello", "--new-window")
    assert len(titles(seat)) == 2
    assert len(seat.json("status")["windows"]) == 2


def test_windows_come_back_when_their_host_is_killed(seat: Account) -> None:
    seat.json("open", "hello")
    (host,) = hosts(seat)
    os.kill(host, signal.SIGKILL)
    until(lambda: not is_alive(host) and len(hosts(seat)) == 1 and len(titles(seat)) == 1)
    # The page that came back is let in: its session is there.
    until(lambda: sessions(seat) == 1)


def sessions(seat: Account) -> int:
    (instance,) = seat.json("status")["admin"]["hello"]["hello"]["instances"]["main"]
    return len(instance["sessions"])


def test_twenty_at_once_make_one_window(seat: Account) -> None:
    starting = [seat.start("open", "notes", "--json") for _ in range(20)]
    answers = [json.loads(process.communicate(timeout=PATIENCE)[0]) for process in starting]
    assert {answer["shown"] for answer in answers} == {"window"}
    assert len(titles(seat, "Notes$")) == 1 and len(hosts(seat)) == 1


def test_as_many_new_windows_as_were_asked_for(seat: Account, pytestconfig: pytest.Config) -> None:
    count = int(pytestconfig.getoption("--windows"))
    starting = [seat.start("open", "notes", "--new-window", "--json") for _ in range(count)]
    answers = [json.loads(process.communicate(timeout=count * PATIENCE)[0]) for process in starting]
    assert {answer["shown"] for answer in answers} == {"window"}
    assert len(titles(seat, "Notes$")) == count and len(hosts(seat)) == 1


def test_windows_of_a_killed_runtime_come_back_with_the_next(seat: Account) -> None:
    seat.json("open", "hello")
    pid = seat.record()["pid"]
    for process in (*hosts(seat), pid):
        os.kill(process, signal.SIGKILL)
    until(lambda: not is_alive(pid) and not hosts(seat) and titles(seat) == [])
    seat.json("open", "notes")
    until(lambda: len(titles(seat)) == 1 and len(titles(seat, "Notes$")) == 1)
    assert seat.json("open", "hello")["message"] == "Hello is open already."
    seat.run("stop")
    until(lambda: not hosts(seat))
    seat.json("open", "notes")
    assert titles(seat) == []  # what was closed with everything stays closed


def test_a_service_that_fails_is_shown_in_the_window_too(seat: Account) -> None:
    folder = make_app(seat.home / "mine", "class Mine:\n    def __init__(self, services): raise OSError('no paper')\n")
    code, _, error = seat.run("open", str(folder))
    assert code == 1 and "OSError: no paper" in error
    assert len(seat.json("status")["windows"]) == 1
    until(lambda: len(titles(seat, "Mine")) == 1)


def test_no_wait_returns_and_the_window_comes(seat: Account) -> None:
    assert seat.json("open", "hello", "--no-wait")["message"] == "Hello opens."
    until(lambda: len(titles(seat)) == 1)


def test_in_a_window_of_the_browser(seat: Account) -> None:
    answer = seat.json("open", "hello", "--in", "app")
    assert (answer["shown"], answer["message"]) == ("app", "Hello is open in a window of the browser.")
    until(lambda: sessions(seat) == 1)
    until(lambda: len(titles(seat)) == 1)


def test_stop_closes_the_windows(seat: Account) -> None:
    seat.json("open", "hello")
    seat.run("stop")
    until(lambda: not hosts(seat))
    until(lambda: titles(seat) == [])


def test_the_ticket_is_in_no_command_line(seat: Account) -> None:
    seat.json("open", "hello")
    for host in hosts(seat):
        assert b"/ticket/" not in Path(f"/proc/{host}/cmdline").read_bytes()


def test_without_a_display_it_says_so() -> None:
    assert why_not({}) == "there is no display"
    assert why_not({"DISPLAY": ":0"}) is None


def test_a_broken_manifest_is_shown_and_the_mended_app_opens_in_its_window(seat: Account) -> None:
    devtools = DevTools(seat)
    folder = make_app(seat.home / "mine")
    (folder / "narvi.toml").write_text(APP.replace('title = "Mine"', 'tilte = "Mine"'))
    code, _, error = seat.run("open", str(folder))
    assert code == 2 and "tilte" in error
    until(lambda: len(titles(seat, "^mine$")) == 1)
    (window,) = titles(seat, "^mine$")
    (folder / "narvi.toml").write_text(APP)
    subprocess.run(["xdotool", "windowfocus", "--sync", window], env=seat.environment, check=True)
    devtools.until_ready_for_keys("/narvi/desktop/broken/")
    subprocess.run(["xdotool", "key", "Return"], env=seat.environment, check=True)
    until(lambda: titles(seat, "^Mine$") == [window])
