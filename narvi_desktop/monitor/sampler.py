"""Measure CPU and memory of processes between one monitoring round and the next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import psutil


class Usage(NamedTuple):
    """CPU in percent of one core since the last round, resident memory in bytes."""

    cpu: float
    memory: int


class Sampler:
    """Keeps one psutil object per process, since CPU is measured from call to call: the first one returns 0."""

    def __init__(self) -> None:
        self._processes: dict[int, psutil.Process] = {}

    def measure(self, pids: Iterable[int]) -> dict[int, Usage]:
        """Return the usage of the processes that are alive."""
        wanted = set(pids)
        self._processes = {pid: process for pid, process in self._processes.items() if pid in wanted}
        found: dict[int, Usage] = {}
        for pid in wanted:
            try:
                process = self._processes.get(pid) or psutil.Process(pid)
                with process.oneshot():
                    found[pid] = Usage(process.cpu_percent(), process.memory_info().rss)
                self._processes[pid] = process
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue  # it has just ended
        return found
