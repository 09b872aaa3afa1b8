"""CPU and memory of a process, as metrics. Standard library only: services in worker processes use it too."""

import subprocess
import sys
from typing import Any

_COLUMNS = ("pcpu", "pmem", "rss")


class ProcessMetrics:
    """Measures by ``ps``; where there is none, such as on Windows, there are no metrics."""

    @staticmethod
    def get_process_metrics(pid: int, include_children: bool = False) -> "dict[str, float] | None":
        """Return CPU and memory in percent and resident memory in KiB, or None for a process that is not there.

        Args:
            pid: of the process.
            include_children: adds its direct children.
        """
        if sys.platform == "win32":
            return None
        command = ["ps", "-A", *(f"-o{column}=" for column in ("pid", "ppid", *_COLUMNS))]
        try:
            output = subprocess.run(command, stdout=subprocess.PIPE, check=False, timeout=10).stdout.decode()
        except (OSError, subprocess.TimeoutExpired):
            return None
        rows = [line.split() for line in output.splitlines()]
        found = [row for row in rows if row[0] == str(pid)]
        if not found:
            return None
        if include_children:
            found += [row for row in rows if row[1] == str(pid)]
        return {column: sum(float(row[index]) for row in found) for index, column in enumerate(_COLUMNS, 2)}

    @staticmethod
    def get_metrics_metadata() -> "dict[str, dict[str, Any]]":
        """Return the metadata of the metrics, for `set_metrics_callback`."""
        return {
            "pcpu": {"min": 0, "max": 100, "colour": "red"},
            "pmem": {"min": 0, "max": 100, "colour": "blue"},
            "rss": {"min": 0, "colour": "purple"},
        }
