"""The admin data of an instance that listens to it: the runtime tells what is new, the whole is kept here."""

from __future__ import annotations

import json
from typing import Any

_HISTORIES = ("metrics", "measured_history")


class AdminDataHistory:
    """
    Args:
        shared: what comes in are objects of the runtime itself, as between threads.
    """

    def __init__(self, shared: bool) -> None:
        self._shared = shared
        self._histories: dict[tuple[int, str], list[Any]] = {}

    def merge(self, update: dict[str, Any]) -> dict[str, Any]:
        """What the listener gets: all of it, in Narvi's shape; no other listener has any part of it."""
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
