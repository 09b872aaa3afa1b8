"""CPU, memory, disk and network of this computer: as metrics, and to its pages."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

import psutil

from narvi_desktop import WebAppServices

_ROUND_LIMIT = 300  # rounds of the history that a new page gets
METADATA: dict[str, dict[str, Any]] = {
    "cpu": {"min": 0, "max": 100, "colour": "#c2611f", "unit": "%"},
    "memory": {"min": 0, "colour": "#4a7a8c", "unit": "bytes"},
    "disk": {"min": 0, "max": 100, "colour": "#7a5a9a", "unit": "%"},
    "received": {"min": 0, "colour": "#5a7d3a", "unit": "bytes/s"},
    "sent": {"min": 0, "colour": "#9a4a12", "unit": "bytes/s"},
}


class Machine:
    """Measures when the runtime asks for metrics, and sends its pages the same numbers."""

    def __init__(self, services: WebAppServices) -> None:
        self._services = services
        # The metrics come on the monitoring thread, sessions on the service's own.
        self._lock = threading.Lock()
        self._history: deque[tuple[float, dict[str, float]]] = deque(maxlen=_ROUND_LIMIT)
        self._network: tuple[float, int, int] | None = None
        METADATA["memory"]["max"] = psutil.virtual_memory().total
        psutil.cpu_percent()  # the first call has nothing to compare with
        services.set_metrics_callback(self.measure, METADATA)
        services.add_session_open_listener(self.welcome)

    def welcome(self, app_name: str, session_id: str, query: dict[str, str], headers: dict[str, str]) -> None:
        with self._lock:
            rounds = list(self._history)
        self._services.send(_message(rounds), for_session_id=session_id)

    def measure(self) -> dict[str, float]:
        """Measure once, and send the numbers to the pages; this is the metrics callback."""
        received, sent = self._rates()
        values = {
            "cpu": psutil.cpu_percent(),
            "memory": float(psutil.virtual_memory().used),
            "disk": psutil.disk_usage(str(Path.home())).percent,
            "received": received,
            "sent": sent,
        }
        entry = (time.time(), values)
        with self._lock:
            self._history.append(entry)
        self._services.send(_message([entry]))
        return values

    def _rates(self) -> tuple[float, float]:
        """Return bytes per second since the last round, received and sent."""
        # Traffic over the loopback device stays on this computer.
        counters = [
            counted
            for name, counted in psutil.net_io_counters(pernic=True).items()
            if not name.lower().startswith("lo")
        ]
        received, sent = sum(device.bytes_recv for device in counters), sum(device.bytes_sent for device in counters)
        now = (time.monotonic(), received, sent)
        before, self._network = self._network, now
        if before is None or now[0] <= before[0]:
            return 0.0, 0.0
        passed = now[0] - before[0]
        return max(0, now[1] - before[1]) / passed, max(0, now[2] - before[2]) / passed


def _message(rounds: list[tuple[float, dict[str, float]]]) -> str:
    return json.dumps({"rounds": rounds, "memory": METADATA["memory"]["max"]})
