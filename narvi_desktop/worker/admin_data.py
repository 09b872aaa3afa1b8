"""The admin data for an instance that listens to it: the runtime sends what is new, the histories are kept here."""

from __future__ import annotations

import json
from typing import Any

_HISTORIES = ("metrics", "measured_history")


class AdminDataHistory:
    """Keeps the histories that the runtime sends in parts.

    Args:
        shared: whether updates hold objects of the runtime itself, as between threads.
    """

    def __init__(self, shared: bool) -> None:
        self._shared = shared
        self._histories: dict[tuple[int, str], list[Any]] = {}

    def merge(self, update: dict[str, Any]) -> dict[str, Any]:
        """Merge an update into what the listener gets, in Narvi's shape; the result shares no objects with others."""
        data: dict[str, Any] = json.loads(json.dumps(update)) if self._shared else update
        histories: dict[tuple[int, str], list[Any]] = {}
        for services in data.values():
            for service in services.values():
                for instances in service["instances"].values():
                    for instance in instances:
                        self._complete(instance, histories)
        self._histories = histories
        return data

    def _complete(self, instance: dict[str, Any], histories: dict[tuple[int, str], list[Any]]) -> None:
        number, lengths = instance["number"], instance.pop("kept")
        for name in _HISTORIES:
            if name in instance:
                key = (number, name)
                histories[key] = (instance[name] + self._histories.get(key, []))[: lengths[name]]
                # The list is new each time; a sample is the same object in every round, as copying all costs too much.
                instance[name] = list(histories[key])
