"""The monitor in a real terminal: tmux presses the keys, and its pane is read."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.account import Account, is_alive
from tests.support.waiting import PATIENCE, until

ROOT = Path(__file__).parents[2]
SERVICE = """
import os, time
class Mine:
    def __init__(self, services):
        limits = {"load": {"min": 0, "max": 10, "colour": "red"}}
        services.set_metrics_callback(lambda: {"load": 5, "mood": "calm"}, limits)
        print("made by", os.getpid(), "\\x1b[31mred")
"""
MANIFEST = """
manifest = 1
[services.{name}]
class = "service:Mine"
service_id = "main"
[apps.{name}]
title = "{name}"
web = "web"
"""


class Terminal:
    """A tmux of its own with a shell in it."""

    def __init__(self, account: Account) -> None:
        self._command = ["tmux", "-L", f"narvi-{os.getpid()}-{account.home.name}", "-f", os.devnull]
        environment = account.environment | {"PYTHONPATH": str(ROOT), "PS1": "ready$ ", "LANG": "C.UTF-8"}
        # Exported by programs with readline: an old size, which must not hold the monitor.
        environment |= {"COLUMNS": "80", "LINES": "24"}
        environment.pop("TMUX", None)
        # Quick rounds, so that the tests wait less.
        folder = account.home / "config/narvi-desktop"
        folder.mkdir(parents=True)
        (folder / "config.toml").write_text("[settings]\nmonitoring_interval = 0.2\n")
        self._environment = environment
        size = ("-x", "100", "-y", "30")
        self.tmux("new-session", "-d", *size, "-c", str(account.home), "bash", "--norc", "--noprofile")
        until(lambda: "ready$" in self.text())

    def tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._command, *arguments], env=self._environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def text(self) -> str:
        return self.tmux("capture-pane", "-p")

    def press(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def type(self, line: str) -> None:
        self.tmux("send-keys", "-l", line)
        self.press("Enter")

    def monitor(self, options: str = "") -> None:
        self.type(f"{sys.executable} -m narvi_desktop monitor {options}")

    def shows(self, *words: str) -> None:
        """Wait until all of them stand there."""
        try:
            until(lambda: all(word in self.text() for word in words))
        except AssertionError:
            raise AssertionError(f"{words} never came:\n{self.text()}") from None

    def close(self) -> None:
        self.tmux("kill-server")


@pytest.fixture
def terminal(account: Account) -> Iterator[Terminal]:
    assert shutil.which("tmux"), "these tests need tmux; ./scripts/test installs it"
    terminal = Terminal(account)
    yield terminal
    terminal.close()


def install(account: Account, name: str, service: str = SERVICE) -> None:
    folder = account.home / "data/narvi-desktop/apps" / name
    (folder / "web").mkdir(parents=True)
    (folder / "web/index.html").write_text("<title>x</title>")
    (folder / "service.py").write_text(service)
    (folder / "narvi.toml").write_text(MANIFEST.format(name=name))
    account.json("open", name, "--no-window")


def pid_of(account: Account, name: str) -> int:
    instances = account.json("status")["admin"][name][name]["instances"]
    return int(instances["main"][0]["pid"]) if instances else 0


def monitors(account: Account) -> list[int]:
    """The monitor's own processes: itself, and the guard of its terminal."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            command, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:
            continue
        if b"\0monitor\0" in command and f"HOME={account.home}\0".encode() in environment:
            found.append(int(folder.name))
    return sorted(found)


def test_it_waits_for_a_runtime_and_picks_up_the_next(account: Account, terminal: Terminal) -> None:
    terminal.monitor()
    terminal.shows("not running. Waiting for it")
    install(account, "alpha")
    terminal.shows("alpha", "idle", "http://127.0.0.1:")
    account.run("stop")
    terminal.shows("not running. Waiting for it")
    assert account.json("status")["running"] is False  # it has started none
    account.json("open", "alpha", "--no-window")
    terminal.shows("alpha", "idle")


def test_select_look_inside_filter_restart_stop(account: Account, terminal: Terminal) -> None:
    for name in ("alpha", "beta"):
        install(account, name)
    terminal.monitor()
    terminal.shows("▸alpha", " beta")
    terminal.press("Down")
    terminal.shows("▸beta")
    terminal.press("Enter")
    terminal.shows("load", "████████░░░░░░░░", "mood", "calm", "esc back")
    terminal.press("Escape")
    terminal.shows(" alpha", "▸beta")
    terminal.type("/alp")
    terminal.shows("▸alpha", "filter: alp")
    assert "beta" not in terminal.text()
    terminal.press("Escape")
    terminal.shows(" beta")
    before = pid_of(account, "alpha")
    terminal.press("Home", "r")
    terminal.shows("restart alpha? its pages connect again.")
    terminal.press("n")
    terminal.shows("? help  q quit")
    assert pid_of(account, "alpha") == before
    terminal.press("r", "y")
    terminal.shows("alpha/alpha: 1 restarted.")
    until(lambda: not is_alive(before))
    terminal.shows("▸beta")  # nobody is there who would start alpha again
    beta = pid_of(account, "beta")
    terminal.press("s", "y")
    terminal.shows("No app runs.")
    until(lambda: not is_alive(beta))


def test_the_log_is_followed(account: Account, terminal: Terminal) -> None:
    install(account, "alpha")
    terminal.monitor()
    terminal.shows("▸alpha")
    terminal.press("l")
    terminal.shows("log of alpha", f"made by {pid_of(account, 'alpha')} \\x1b[31mred")
    account.json("restart", "alpha")
    account.json("open", "alpha", "--no-window")
    terminal.shows(f"made by {pid_of(account, 'alpha')} \\x1b[31mred")


def test_it_follows_the_size_of_its_terminal(account: Account, terminal: Terminal) -> None:
    install(account, "alpha")
    terminal.monitor()
    terminal.shows("slowest callback", "? help  q quit")
    for width, height, words in [(40, 10, ["▸alpha", "q quit"]), (10, 3, ["▸alpha"]), (140, 40, ["slowest callback"])]:
        terminal.tmux("resize-window", "-x", str(width), "-y", str(height))
        terminal.shows(*words)
        lines = terminal.text().splitlines()
        assert len(lines) <= height and all(len(line) <= width for line in lines)


@pytest.mark.parametrize("how", ["q", "C-c", "TERM", "HUP", "KILL"])
def test_the_terminal_is_left_as_it_was_found(account: Account, terminal: Terminal, how: str) -> None:
    terminal.type("stty -a > before; clear; echo here I was")
    terminal.shows("here I was\nready$")
    terminal.monitor()
    terminal.shows("not running. Waiting")
    assert "here I was" not in terminal.text()
    until(lambda: len(monitors(account)) == 2)
    main = monitors(account)[0]
    if how.isupper() and len(how) > 1:
        os.kill(main, getattr(signal, f"SIG{how}"))
    else:
        terminal.press(how)
    terminal.shows("here I was", "ready$")
    until(lambda: not monitors(account))
    terminal.type("stty -a > after; cmp before after && echo same again")
    terminal.shows("\nsame again")
    assert terminal.tmux("display-message", "-p", "#{cursor_flag} #{alternate_on}").split() == ["1", "0"]
    assert "Traceback" not in terminal.text()


def test_it_can_be_suspended(account: Account, terminal: Terminal) -> None:
    terminal.type("clear; echo here I was")
    terminal.monitor()
    terminal.shows("not running. Waiting")
    terminal.press("C-z")
    terminal.shows("here I was", "Stopped")
    terminal.type("fg")
    terminal.shows("not running. Waiting")
    terminal.press("q")
    terminal.shows("here I was")


def test_once_in_a_pipe_has_no_escape_codes(account: Account) -> None:
    assert account.run("monitor", "--once")[0] == 3
    install(account, "alpha")
    code, out, _ = account.run("monitor", "--once")
    assert code == 0 and re.search(r"^ alpha +○ idle", out, re.MULTILINE) and "\x1b" not in out
    account.environment |= {"PYTHONIOENCODING": "ascii"}
    assert account.run("monitor", "--once")[1].isascii()


def test_json_is_a_line_per_round(account: Account, terminal: Terminal) -> None:
    watching = account.start("monitor", "--json")
    assert watching.stdout is not None
    assert json.loads(watching.stdout.readline()) == {"schema": 1, "running": False}
    install(account, "alpha")
    documents = [json.loads(watching.stdout.readline()) for _ in range(3)]
    assert all(document["schema"] == 1 and document["running"] for document in documents)
    until(lambda: "main" in json.loads(watching.stdout.readline())["admin"]["alpha"]["alpha"]["instances"])  # type: ignore[union-attr]
    watching.send_signal(signal.SIGINT)
    _, error = watching.communicate(timeout=PATIENCE)
    assert "Traceback" not in error


def test_a_dumb_terminal_gets_frames_alone(account: Account, terminal: Terminal) -> None:
    install(account, "alpha")
    raw = account.home / "raw"
    terminal.tmux("pipe-pane", f"cat > {raw}")
    terminal.type(f"TERM=dumb {sys.executable} -m narvi_desktop monitor")
    # A round under the other, and nothing that moves a cursor.
    until(lambda: raw.exists() and raw.read_text().count("○ idle") >= 3)
    assert "\x1b[H" not in raw.read_text() and "\x1b[?1049h" not in raw.read_text()
    terminal.press("C-c")
    until(lambda: not monitors(account))
    assert "Traceback" not in terminal.text()
