"""The window host seen as a process by its parent: spawned here, or adopted from a runtime that died."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from narvi_desktop.settings import Settings


def spawn_host(
    settings: Settings, storage: Path, log: Path, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start a host that reads commands on stdin and writes events to stdout. Raises OSError."""
    command = [sys.executable, "-P", "-m", "narvi_desktop.windows.host", "--storage", str(storage)]
    command += ["--linger", str(settings.host_linger), "--blank-after", str(settings.blank_after)]
    command += ["--popup-limit", str(settings.popup_limit)]
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            cwd=os.sep,
            env={**os.environ, **environment},
        )


class AdoptedHost:
    """A host that outlived its runtime and started this one: the part of `subprocess.Popen` that is used here.

    It is not a child of this process, so it cannot be waited for: the end of its event pipe tells that it ended.

    Args:
        commands: the inherited file descriptor to write commands to.
        events: the inherited file descriptor to read events from.
        pid: the host's process id.
    """

    def __init__(self, commands: int, events: int, pid: int) -> None:
        for descriptor in (commands, events):
            os.set_inheritable(descriptor, False)  # a worker that inherits them would keep the pipes open
        self.stdin = os.fdopen(commands, "wb")
        self.stdout = os.fdopen(events, "rb")
        self._pid = pid
        # Set by the thread that reads the events, at their end; `wait` is called on other threads.
        self.ended = threading.Event()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the host. Raises subprocess.TimeoutExpired."""
        if not self.ended.wait(timeout):
            raise subprocess.TimeoutExpired("window host", timeout or 0)
        return 0

    def kill(self) -> None:
        """Kill the host if it still runs."""
        # Windows cannot pass a pipe on by number, so no host is adopted there.
        if sys.platform != "win32" and not self.ended.is_set():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
