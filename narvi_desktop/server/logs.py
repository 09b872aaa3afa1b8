"""One log file per service, rotated by the runtime and held to a rate."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from narvi_desktop.settings import Settings


class AppLog:
    """Takes what an app prints and what we say of it.

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

    def write(self, data: bytes) -> None:
        """Append; above the rate only a count of what was dropped is kept."""
        with self._lock:
            now = time.monotonic()
            if now - self._second >= 1:
                self._second, self._in_second = now, 0
                if self._dropped:
                    self._append(f"[narvi-desktop] {self._dropped} bytes dropped\n".encode())
                    self._dropped = 0
            if self._in_second + len(data) > self._settings.log_rate:
                self._dropped += len(data)
                return
            self._in_second += len(data)
            self._append(data)

    def say(self, text: str) -> None:
        """A line or a traceback of ours, with the time before it."""
        stamp = time.strftime("%Y-%m-%d %H:%M:%S")
        self.write(f"{stamp} {text.rstrip()}\n".encode("utf-8", "backslashreplace"))

    def tail(self, lines: int = 20) -> str:
        """The last lines."""
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, self.path.stat().st_size - 16_384))
                return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
        except OSError:
            return ""

    def _append(self, data: bytes) -> None:
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
