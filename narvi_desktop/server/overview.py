"""All that runs, as plain data: Narvi's admin data, with what the runtime measures as additional keys."""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from .site import SYSTEM

if TYPE_CHECKING:
    from .hub import Hub, Service
    from .instance import Instance

RUNTIME = "runtime"  # what the runtime tells of itself looks like a service of this name in our own workspace


def admin_data(hub: Hub, rounds: int | None) -> dict[str, Any]:
    """In Narvi's shape (narvi-protocol.md, "Admin data"); keys are added, none is changed.

    Args:
        rounds: how many of the history, the newest first; None for all that is kept.
    """
    data: dict[str, Any] = {}
    for (workspace, name), service in hub.services.items():
        data.setdefault(workspace, {})[name] = _service(hub, service)
    for instance in hub.instances:
        service = instance.service
        entry = data.get(service.workspace, {}).get(service.name)
        if entry is not None and instance.running:
            entry["instances"].setdefault(instance.service_id, []).append(_instance(hub, instance, rounds))
        elif entry is not None:
            state, since = instance.state
            # One whose worker is just ending may have failed: that it did, and why, is the news.
            if state == "starting" or instance.service_id not in entry["not_running"]:
                entry["not_running"][instance.service_id] = {"state": state, "seconds": since, "error": ""}
    own = {"instances": {"main": [_runtime(hub, rounds)]}, "apps": [], "not_running": {}, "log": ""}
    data.setdefault(SYSTEM, {})[RUNTIME] = own
    return data


def _service(hub: Hub, service: Service) -> dict[str, Any]:
    apps = [{"app_name": name, "title": app.title or name} for name, app in service.apps.items()]
    down = {
        service_id: {"state": state, "seconds": seconds, "error": detail}
        for service_id, state, seconds, detail in hub.failures_of(service)
    }
    return {"instances": {}, "apps": apps, "not_running": down, "log": str(hub.log_of(service).path)}


def _instance(hub: Hub, instance: Instance, rounds: int | None) -> dict[str, Any]:
    now = time.monotonic()
    state, since = instance.state
    return {
        "uptime": instance.uptime,
        "sessions": {
            session.session_id: {
                "app_name": session.app,
                "uptime": now - session.started,
                "messages_in": session.traffic.messages_in,
                "messages_out": session.traffic.messages_out,
                "bytes_in": session.traffic.bytes_in,
                "bytes_out": session.traffic.bytes_out,
            }
            for session in instance.sessions.values()
        },
        "metrics": _newest(instance.metrics, rounds),
        "metrics_metadata": instance.metrics_metadata,
        "state": state,
        "seconds_in_state": since,
        "pid": instance.pid,
        "restarts": hub.restarts_of(instance),
        "waiting": instance.waiting,
        "measured": instance.measures.plain(now),
        "measured_history": _newest(instance.measures.history, rounds),
    }


def _runtime(hub: Hub, rounds: int | None) -> dict[str, Any]:
    own = hub.own
    return {
        "uptime": time.monotonic() - own.started,
        "sessions": {},
        "metrics": _newest(own.history, rounds),
        "metrics_metadata": own.METADATA,
        "state": "running",
    }


def _newest(history: Iterable[tuple[float, dict[str, Any]]], rounds: int | None) -> list[list[Any]]:
    return [[at, values] for at, values in islice(history, rounds)]
