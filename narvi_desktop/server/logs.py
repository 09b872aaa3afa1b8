"""One log file per service, in the order of time, rotated by the runtime and held to a rate.

A line is `2026-11-24 13:05:07.123 app text` for what the app prints, with `narvi` for what the server logs about it.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

from narvi_desktop.settings import Settings
from narvi_desktop.state.files import read_tail
from narvi_desktop.text import escape_control_chars

_MAX_LINE = 16_384  # bytes without an end of line that are kept waiting for one


class AppLog:
    """Collects what an app prints and what the server logs about it.

    Rule: any thread may write (a pipe reader per worker, thread workers, the loop); the lock guards
    the file and the counts.
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path = path
        self._settings = settings
        self._lock = threading.Lock()
        self._second = 0.0
        self._in_second = 0
        self._dropped = 0

    @property
    def label(self) -> str:
        """Where a person finds the log."""
        return str(self.path)

    def write(self, lines: list[bytes]) -> None:
        """Append lines of an app; above the rate only a count of what was dropped is kept."""
        size = sum(map(len, lines)) + len(lines)
        with self._lock:
            now = time.monotonic()
            if now - self._second >= 1:
                self._second, self._in_second = now, 0
                if self._dropped:
                    self._append("narvi", [f"{self._dropped} bytes dropped"])
                    self._dropped = 0
            if self._in_second + size > self._settings.log_rate:
                self._dropped += size
                return
            self._in_second += size
            self._append("app", [line.decode("utf-8", "backslashreplace") for line in lines])

    def report(self, text: str) -> None:
        """Append a traceback of an app in this process, which has no pipe of its own."""
        self.write(text.rstrip().encode("utf-8", "backslashreplace").split(b"\n"))

    def log(self, text: str) -> None:
        """Append lines of the server about the app."""
        with self._lock:
            self._append("narvi", text.rstrip().split("\n"))

    def tail(self, lines: int = 20) -> str:
        """Return the last lines, without their times."""
        return "\n".join(line.split(" ", 3)[-1] for line in read_tail(self.path, lines).splitlines())

    def _append(self, source: str, lines: list[str]) -> None:
        now = time.time()
        stamp = f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(now))}.{int(now % 1 * 1000):03} {source}"
        # No escape sequence of an app reaches a terminal by way of its log.
        text = "".join(f"{stamp} {escape_control_chars(line.rstrip(chr(13)), keep=chr(9))}\n" for line in lines)
        data = text.encode("utf-8", "backslashreplace")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.path.exists() and self.path.stat().st_size + len(data) > self._settings.log_bytes:
                self._rotate()
            with self.path.open("ab") as file:
                file.write(data)
        except OSError:
            pass  # a full disk must not stop the app whose log this is

    def _rotate(self) -> None:
        for number in range(self._settings.log_files - 1, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            newer = self.path if number == 1 else self.path.with_name(f"{self.path.name}.{number - 1}")
            if newer.exists():
                newer.replace(older)


class LineSplitter:
    """Cuts what one worker prints into lines; each worker has its own, since several may share a log."""

    def __init__(self, log: AppLog) -> None:
        self._log = log
        self._partial = b""

    def write(self, data: bytes) -> None:
        *lines, self._partial = (self._partial + data).split(b"\n")
        if len(self._partial) > _MAX_LINE:
            lines.append(self._partial)
            self._partial = b""
        if lines:
            self._log.write(lines)

    def close(self) -> None:
        """Write the unfinished last line, when the worker has ended."""
        if self._partial:
            self._log.write([self._partial])
