"""Sends admin data to its pages: the whole history once, then each new round."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from narvi_desktop import WebAppServices

_POINTS = 300  # of a history that a page gets at once
_TAIL = 64 * 1024  # bytes at the end of a log that are read
_LINES = 200
_HISTORIES = ("metrics", "measured_history")


class Monitor:
    """Sends admin data, and the end of the log that a page follows."""

    def __init__(self, services: WebAppServices) -> None:
        self._services = services
        self._data: dict[str, Any] = {}
        self._welcomed: set[str] = set()  # sessions that came before there was any data
        self._following: dict[str, tuple[str, tuple[int, int]]] = {}
        services.set_admin_listener(self.on_round)
        services.add_session_open_listener(self.welcome)
        services.add_session_close_listener(self.goodbye)
        services.add_message_listener(self.on_message)

    def on_round(self, data: dict[str, Any]) -> None:
        self._data = data
        self._services.send(_message("round", _with_history(data, 1)))
        for session_id in self._welcomed:
            self._services.send(_message("all", _with_history(data, _POINTS)), for_session_id=session_id)
        self._welcomed.clear()
        for session_id, (path, _) in list(self._following.items()):
            self._send_log(session_id, path)

    def welcome(self, app_name: str, session_id: str, query: dict[str, str], headers: dict[str, str]) -> None:
        if self._data:
            self._services.send(_message("all", _with_history(self._data, _POINTS)), for_session_id=session_id)
        else:
            self._welcomed.add(session_id)

    def goodbye(self, session_id: str) -> None:
        self._welcomed.discard(session_id)
        self._following.pop(session_id, None)

    def on_message(self, message: str | bytes, session_id: str) -> None:
        """Follow a log: {"log": path}, or null to stop. Only paths that the runtime has named are read."""
        path = json.loads(message).get("log")
        self._following.pop(session_id, None)
        if path in set(_logs(self._data)):
            self._following[session_id] = (path, (-1, -1))
            self._send_log(session_id, path)

    def _send_log(self, session_id: str, path: str) -> None:
        state, lines = _tail(Path(path), self._following[session_id][1])
        if lines is not None:
            self._following[session_id] = (path, state)
            text = json.dumps({"action": "log", "path": path, "lines": lines})
            self._services.send(text, for_session_id=session_id)


def _tail(file: Path, known: tuple[int, int]) -> tuple[tuple[int, int], list[str] | None]:
    """Return the state of the file and its last lines, or None for the lines where the state is the known one."""
    try:
        with file.open("rb") as log:
            facts = os.fstat(log.fileno())
            state = (facts.st_ino, facts.st_size)
            if state == known:
                return state, None
            log.seek(max(0, facts.st_size - _TAIL))
            return state, log.read().decode("utf-8", "replace").splitlines()[-_LINES:]
    except OSError:
        return (0, 0), None if known == (0, 0) else []


def _logs(data: dict[str, Any]) -> Iterator[str]:
    return (service["log"] for services in data.values() for service in services.values() if service["log"])


def _with_history(data: dict[str, Any], points: int) -> dict[str, Any]:
    """Return the data with at most so many points of each history: evenly chosen, the newest always among them."""
    return {
        workspace: {
            name: {
                **service,
                "instances": {
                    service_id: [_thin_out(instance, points) for instance in instances]
                    for service_id, instances in service["instances"].items()
                },
            }
            for name, service in services.items()
        }
        for workspace, services in data.items()
    }


def _thin_out(instance: dict[str, Any], points: int) -> dict[str, Any]:
    thin = {}
    for name in _HISTORIES:
        history = instance.get(name, [])
        step = max(1, -(-len(history) // points))
        thin[name] = history[:1] if points == 1 else history[::step]
    return {**instance, **thin}


def _message(action: str, data: dict[str, Any]) -> str:
    return json.dumps({"action": action, "data": data})
