"""Notes in two real windows: typed with real keys, kept through the kill of worker and host."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
from pathlib import Path

from narvi_desktop.state.lock_file import LockFile
from tests.support.account import Account, is_alive
from tests.support.waiting import until
from tests.support.windows import hosts, processes, titles


def xdotool(seat: Account, *arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], env=seat.environment, check=True, capture_output=True)


def kept_text(seat: Account) -> str:
    """What SQLite has; read beside the service."""
    files = list((seat.home / "data").rglob("notes.sqlite"))
    if not files:
        return ""
    with contextlib.closing(sqlite3.connect(f"file:{files[0]}?mode=ro", uri=True)) as database:
        row = database.execute("select text from notes").fetchone()
    return "" if row is None else str(row[0])


def type_at(seat: Account, window: str, text: str) -> None:
    """As a person: click into the text and type."""
    xdotool(seat, "windowraise", window)
    xdotool(seat, "windowfocus", "--sync", window)
    xdotool(seat, "mousemove", "--window", window, "600", "250", "click", "1")
    xdotool(seat, "type", "--delay", "5", text)


def workers(seat: Account) -> list[int]:
    """A worker's command line holds no name of ours; its surroundings do."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            command, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:
            continue
        if b"worker/__main__.py" in command and f"HOME={seat.home}\0".encode() in environment:
            found.append(int(folder.name))
    return found


def test_two_windows_share_a_note_and_outlive_worker_and_host(seat: Account) -> None:
    seat.json("open", "notes")
    (first,) = titles(seat, "^Notes$")
    xdotool(seat, "windowfocus", "--sync", first)
    xdotool(seat, "key", "alt+n")
    until(lambda: titles(seat, "^Untitled – Notes$") == [first])
    xdotool(seat, "type", "--delay", "5", "one ")
    until(lambda: kept_text(seat) == "one ")
    seat.json("open", "notes", "--new-window")
    until(lambda: len(titles(seat, "^one – Notes$")) == 2)
    # A page has this title once its text is there.
    (second,) = set(titles(seat, "^one – Notes$")) - {first}
    type_at(seat, second, "two ")
    until(lambda: kept_text(seat) == "one two ")

    (worker,) = workers(seat)
    os.kill(worker, signal.SIGKILL)
    until(lambda: not is_alive(worker))
    type_at(seat, first, "three ")
    until(lambda: kept_text(seat) == "one two three ")

    (host,) = hosts(seat)
    os.kill(host, signal.SIGKILL)
    until(lambda: not is_alive(host) and len(titles(seat, "^one two three – Notes$")) == 2)
    assert kept_text(seat) == "one two three "
    assert processes(seat, b"/ticket/") == []


def test_the_same_windows_go_on_when_the_runtime_is_killed(seat: Account) -> None:
    seat.json("open", "notes")
    (window,) = titles(seat, "^Notes$")
    (host,) = hosts(seat)
    xdotool(seat, "windowfocus", "--sync", window)
    xdotool(seat, "key", "alt+n")
    until(lambda: titles(seat, "^Untitled – Notes$") == [window])
    xdotool(seat, "type", "--delay", "5", "one ")
    until(lambda: kept_text(seat) == "one ")
    killed = seat.record()["pid"]
    starting = LockFile(seat.home / "state/narvi-desktop/run/start.lock")
    assert starting.acquire()  # no runtime until we have typed
    os.kill(killed, signal.SIGKILL)
    until(lambda: not is_alive(killed))
    xdotool(seat, "type", "--delay", "5", "two ")
    starting.release()
    until(lambda: kept_text(seat) == "one two ")
    until(lambda: titles(seat, "^one two – Notes$") == [window])
    assert hosts(seat) == [host] and seat.record()["pid"] != killed
    assert seat.json("open", "notes")["message"] == "Notes is open already."
    assert len(seat.json("status")["windows"]) == 1
