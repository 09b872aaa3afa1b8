"""The hub of an embedded server: names may be registered again, logs go to the program's standard error."""

from __future__ import annotations

import contextlib
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from narvi_desktop.server.admin_data import collect_admin_data
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.logs import AppLog
from narvi_desktop.server.registry import App, Service
from narvi_desktop.server.stats import SampleHistory
from narvi_desktop.settings import Settings

_TAIL_LINES = 200


class ProgramLog(AppLog):
    """Writes to standard error, where a program's author looks, and keeps the last lines for error pages."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(Path(), settings)
        self._lines: deque[str] = deque(maxlen=_TAIL_LINES)

    @property
    def label(self) -> str:
        """Where a person finds the log."""
        return ""

    def tail(self, lines: int = 20) -> str:
        """Return the last lines."""
        return "\n".join(list(self._lines)[-lines:])

    def _append(self, source: str, lines: list[str]) -> None:
        self._lines.extend(lines)
        # A program without a console, or one that has closed it, loses the lines and nothing else.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.write("".join(f"{line}\n" for line in lines))
            sys.stderr.flush()


class ProgramHub(Hub):
    """Used on the event loop only, once it runs."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, Path())
        self._program_log = ProgramLog(settings)
        self._last_variant = 0

    def log_of(self, service: Service) -> AppLog:
        """Return the program's log, one for all services."""
        return self._program_log

    def add_service(self, service: Service) -> None:
        """Register a service; by name the last one counts, while apps stay with the one that they were given."""
        self._last_variant += 1
        service.variant = self._last_variant
        self.services[service.workspace, service.name] = service

    def add_app(self, app: App) -> None:
        """Register an app in place of one of the same name."""
        key = (app.service.workspace, app.name)
        previous = self.apps.get(key)
        if previous is not None:
            del previous.service.apps[app.name]
        self.apps[key] = app.service.apps[app.name] = app

    def collect(self, take: Callable[[SampleHistory], list[list[Any]]]) -> dict[str, Any]:
        """Collect the admin data: of the program's own services alone."""
        return collect_admin_data(self, take)
