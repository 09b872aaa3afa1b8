"""What reaches the terminal, read from a pseudo-terminal's other end."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys

from tests.support.waiting import PATIENCE

ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"
PROGRAM = """
import sys
from rich.console import Console
from rich.text import Text
from narvi_desktop.monitor.alternate_screen import AlternateScreen
with AlternateScreen(Console(force_terminal=True)) as screen:
    screen.show([Text("first line"), Text("second line")])
    with screen.left():
        sys.stdout.write("suspended")
        sys.stdout.flush()
    sys.stdout.write("shown")
    sys.stdout.flush()
    sys.stdin.readline()
"""


class Terminal:
    """A program at a pseudo-terminal."""

    def __init__(self) -> None:
        self.master, slave = pty.openpty()
        command = [sys.executable, "-c", PROGRAM]
        self.process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
        self.slave = slave
        self.written = b""

    def read_until(self, wanted: bytes) -> None:
        while wanted not in self.written:
            assert select.select([self.master], [], [], PATIENCE)[0], self.written
            self.written += os.read(self.master, 4096)

    def close(self) -> None:
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)


def test_the_screen_is_left_at_the_end_and_while_suspended() -> None:
    terminal = Terminal()
    terminal.read_until(b"shown")
    assert terminal.written.index(ENTER) < terminal.written.index(b"first line")
    suspended = terminal.written.index(b"suspended")
    assert LEAVE in terminal.written[:suspended] and ENTER in terminal.written[suspended:]
    terminal.written = b""
    os.write(terminal.master, b"\n")
    terminal.read_until(LEAVE)
    terminal.close()
    assert terminal.process.returncode == 0


def test_the_screen_is_left_when_the_program_is_killed() -> None:
    terminal = Terminal()
    terminal.read_until(b"shown")
    terminal.written = b""
    os.kill(terminal.process.pid, signal.SIGKILL)
    terminal.read_until(LEAVE)
    terminal.close()
