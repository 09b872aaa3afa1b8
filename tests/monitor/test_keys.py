"""Keys as a terminal sends them: through a real pseudo-terminal."""

from __future__ import annotations

import os
import pty
import termios
import threading

import pytest

from narvi_desktop.monitor.keys import TerminalKeys, names


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("q", ["q"]),
        ("jk", ["j", "k"]),
        ("\r\n", ["enter", "enter"]),
        ("\x7f\b", ["backspace", "backspace"]),
        ("\x1b", ["escape"]),
        ("\x1b[A\x1bOB", ["up", "down"]),
        ("\x1b[5~\x1b[6~\x1b[H\x1b[4~", ["pageup", "pagedown", "home", "end"]),
        ("\x1b[1;5Pq", ["q"]),  # a function key that nobody needs
        ("ä", ["ä"]),
    ],
)
def test_names(typed: str, keys: list[str]) -> None:
    assert list(names(typed)) == keys


def test_keys_arrive_without_enter_and_the_terminal_is_restored() -> None:
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    with TerminalKeys(slave) as keys:
        os.write(master, b"a\x1b[A")
        found: list[str] = []
        while len(found) < 2:
            found += keys.read(60)
        assert found == ["a", "up"]
        assert not termios.tcgetattr(slave)[3] & termios.ICANON
    assert termios.tcgetattr(slave) == before
    os.close(master)
    os.close(slave)


def test_wake_ends_a_read_that_waits() -> None:
    master, slave = pty.openpty()
    with TerminalKeys(slave) as keys:
        waker = threading.Thread(target=keys.wake)
        waker.start()
        assert keys.read(60) == []
        waker.join()
    os.close(master)
    os.close(slave)


def test_a_terminal_that_is_gone_ends_the_reading() -> None:
    master, slave = pty.openpty()
    with TerminalKeys(slave) as keys:
        os.close(master)
        with pytest.raises((EOFError, OSError)):
            keys.read(60)
    os.close(slave)
