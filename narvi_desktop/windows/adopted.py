"""A window host that outlived its runtime and started this one: the same pipes' ends, but not our child."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading


class AdoptedHost:
    """Has of `subprocess.Popen` what the window manager uses.

    Args:
        commands, events: file descriptors that were inherited.
    """

    def __init__(self, commands: int, events: int, pid: int) -> None:
        for descriptor in (commands, events):
            os.set_inheritable(descriptor, False)  # a worker must not hold them
        self.stdin = os.fdopen(commands, "wb")
        self.stdout = os.fdopen(events, "rb")
        self._pid = pid
        # Set at end of file by the thread that reads: of a process that is not our child nothing else tells us.
        self.ended = threading.Event()

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        if not self.ended.wait(timeout):
            raise subprocess.TimeoutExpired("window host", timeout or 0)
        return 0

    def kill(self) -> None:
        # Windows hands no pipe on by number, so there is nothing to adopt there.
        if sys.platform != "win32" and not self.ended.is_set():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
