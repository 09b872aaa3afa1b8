"""Read single keys from the terminal, with termios or msvcrt."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, Protocol

_NAMES = {
    "A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end",
    "1~": "home", "4~": "end", "5~": "pageup", "6~": "pagedown", "7~": "home", "8~": "end",
}  # fmt: skip
_PLAIN = {"\r": "enter", "\n": "enter", "\x7f": "backspace", "\b": "backspace", "\x1b": "escape"}
_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O[A-Za-z])")
_WINDOWS_NAMES = {
    "H": "up", "P": "down", "M": "right", "K": "left", "G": "home", "O": "end", "I": "pageup", "Q": "pagedown",
}  # fmt: skip


def names(typed: str) -> Iterator[str]:
    """Yield the keys in what a terminal sent: a character or a name such as "up". Unknown sequences are left out."""
    while typed:
        sequence = _SEQUENCE.match(typed)
        if sequence is None:
            yield _PLAIN.get(typed[0], typed[0])
            typed = typed[1:]
            continue
        name = _NAMES.get(sequence[0][2:])
        if name is not None:
            yield name
        typed = typed[sequence.end() :]


class Keys(Protocol):
    """A context manager: inside it keys arrive as they are pressed, not line by line."""

    def __enter__(self) -> Keys: ...

    def __exit__(self, *error: object) -> None: ...

    def read(self, timeout: float) -> list[str]:
        """Return the keys that were pressed; wait for one, for `wake`, or for so many seconds."""

    def wake(self) -> None:
        """Make `read` return. May be called on any thread and in signal handlers."""


if sys.platform == "win32":
    import msvcrt

    class TerminalKeys:
        """Keys of a Windows console. Written from the documentation of msvcrt, not tried."""

        def __init__(self, fd: int) -> None:
            self._woken = threading.Event()

        def __enter__(self) -> TerminalKeys:
            return self

        def __exit__(self, *error: object) -> None:
            return

        def read(self, timeout: float) -> list[str]:
            until = time.monotonic() + timeout
            found: list[str] = []
            while not found and not self._woken.is_set() and time.monotonic() < until:
                # A console cannot be waited for together with an event: it is polled.
                while msvcrt.kbhit():
                    character = msvcrt.getwch()
                    if character in ("\x00", "\xe0"):
                        name = _WINDOWS_NAMES.get(msvcrt.getwch())
                        found += [] if name is None else [name]
                    else:
                        found += names(character)
                if not found:
                    time.sleep(0.02)
            self._woken.clear()
            return found

        def wake(self) -> None:
            self._woken.set()

else:
    import select
    import termios
    import tty

    class TerminalKeys:
        """Keys of a POSIX terminal.

        Args:
            fd: the terminal's file descriptor.
        """

        def __init__(self, fd: int) -> None:
            self._fd = fd
            self._saved: Any = None
            self._woken, self._waker = os.pipe()
            os.set_blocking(self._waker, False)

        def __enter__(self) -> TerminalKeys:
            self._saved = termios.tcgetattr(self._fd)
            tty.setcbreak(self._fd)
            return self

        def __exit__(self, *error: object) -> None:
            # The terminal may be gone.
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self._fd, termios.TCSANOW, self._saved)

        def read(self, timeout: float) -> list[str]:
            ready, _, _ = select.select([self._fd, self._woken], [], [], timeout)
            if self._woken in ready:
                os.read(self._woken, 4096)
            if self._fd not in ready:
                return []
            data = os.read(self._fd, 1024)
            if not data:
                raise EOFError
            if data.endswith(b"\x1b") and select.select([self._fd], [], [], 0.05)[0]:
                data += os.read(self._fd, 1024)  # the rest of a sequence, over a slow line
            return list(names(data.decode("utf-8", "ignore")))

        def wake(self) -> None:
            with contextlib.suppress(BlockingIOError):
                os.write(self._waker, b"x")


def open_keys() -> Keys:
    """Return the keys of the terminal on stdin."""
    return TerminalKeys(sys.stdin.fileno())
