"""A host as its parent sees it: one that is spawned, and one that is adopted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from narvi_desktop.settings import Settings
from narvi_desktop.windows import protocol
from narvi_desktop.windows.host_process import AdoptedHost, spawn_host


def test_a_spawned_host_says_that_it_is_ready_and_quits(tmp_path: Path) -> None:
    host = spawn_host(Settings(), tmp_path / "pages", tmp_path / "log", {"MORE": "1"})
    assert host.stdin is not None and host.stdout is not None
    assert protocol.decode_event(host.stdout.readline()) == ("", protocol.Ready())
    host.stdin.write(b"no command\n" + protocol.encode(protocol.Quit()))
    host.stdin.close()
    assert host.wait() == 0
    host.stdout.close()
    assert "ignored a line of the runtime" in (tmp_path / "log").read_text()


def test_a_host_whose_window_never_comes_ends(tmp_path: Path) -> None:
    host = spawn_host(Settings(host_linger=0.05), tmp_path / "pages", tmp_path / "log", {})
    assert host.wait() == 0
    host.communicate()


def test_an_adopted_host_is_waited_for_by_the_end_of_its_pipe_and_can_be_killed() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (reading, commands), (events, writing) = os.pipe(), os.pipe()
    host = AdoptedHost(commands, events, process.pid)
    assert not os.get_inheritable(commands) and not os.get_inheritable(events)
    with pytest.raises(subprocess.TimeoutExpired):
        host.wait(0.01)
    host.kill()
    assert process.wait() == -9
    os.close(writing)
    assert host.stdout.read() == b""
    host.ended.set()
    assert host.wait(0.01) == 0
    host.kill()  # its process id may belong to another by now: nothing happens
    host.stdin.close()
    host.stdout.close()
    os.close(reading)
    process.communicate()
