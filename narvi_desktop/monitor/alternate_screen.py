"""The alternate screen of a terminal, restored at the end, while the process is suspended, and when it is killed."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence

from rich.console import Console
from rich.text import Text

_ENTER = "\x1b[?1049h\x1b[?25l\x1b[2J"
_LEAVE = "\x1b[0m\x1b[?25h\x1b[?1049l"


class AlternateScreen:
    """A context manager: enters the alternate screen, and leaves it at the end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._dismiss: Callable[[], None] = lambda: None

    def __enter__(self) -> AlternateScreen:
        self._dismiss = _guard()
        self._write(_ENTER)
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(OSError):  # the terminal may be gone
            self._write(_LEAVE)
        self._dismiss()

    def show(self, lines: Sequence[Text]) -> None:
        """Draw each line over the old one; clearing the screen first would flicker."""
        with self._console.capture() as capture:
            for index, line in enumerate(lines):
                self._console.print(line, end="" if index == len(lines) - 1 else "\n", soft_wrap=True, highlight=False)
        drawn = capture.get().replace("\n", "\x1b[K\r\n")
        self._write(f"\x1b[H{drawn}\x1b[K\x1b[J")

    @contextlib.contextmanager
    def left(self) -> Iterator[None]:
        """Leave the screen for as long as the process is suspended."""
        self._write(_LEAVE)
        try:
            yield
        finally:
            self._write(_ENTER)

    def _write(self, text: str) -> None:
        self._console.file.write(text)
        self._console.file.flush()


def _guard() -> Callable[[], None]:
    """Start a process that restores the terminal when this one is killed; return what ends it.

    Forked before any thread is started. Windows consoles leave the other screen with their program.
    """
    if sys.platform == "win32":
        return lambda: None
    import termios

    terminal = sys.stdin.fileno()
    saved = termios.tcgetattr(terminal)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writing)
        # It outlives the signal that ends its parent, and may write to a terminal that belongs to the shell again.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTTOU, signal.SIGTSTP):
            signal.signal(number, signal.SIG_IGN)
        try:
            if not os.read(reading, 1):
                termios.tcsetattr(terminal, termios.TCSANOW, saved)
                os.write(sys.stdout.fileno(), _LEAVE.encode())
        finally:
            os._exit(0)
    os.close(reading)

    def dismiss() -> None:
        os.write(writing, b"x")
        os.close(writing)
        os.waitpid(child, 0)

    return dismiss
