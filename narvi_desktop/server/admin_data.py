"""Narvi's admin data, extended by what the runtime measures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from narvi_desktop.state.names import SYSTEM

from .instance import Instance
from .logs import AppLog
from .registry import Service
from .stats import RuntimeStats, SampleHistory

Take = Callable[[SampleHistory], list[list[Any]]]
RUNTIME = "runtime"  # what the runtime tells of itself looks like a service of this name in our own workspace


class AdminSource(Protocol):
    """What the admin data is collected from: the hub."""

    services: dict[tuple[str, str], Service]
    instances: set[Instance]
    stats: RuntimeStats

    def log_of(self, service: Service) -> AppLog: ...

    def restarts_of(self, instance: Instance) -> int: ...

    def failures_of(self, service: Service) -> Iterator[tuple[str, str, float, str]]: ...


def collect_admin_data(hub: AdminSource, take: Take) -> dict[str, Any]:
    """Collect what runs in Narvi's shape (narvi-protocol.md, "Admin data"); keys are added, none is changed.

    Args:
        take: how much of a history.
    """
    data: dict[str, Any] = {}
    for (workspace, name), service in hub.services.items():
        data.setdefault(workspace, {})[name] = _service(hub, service)
    for instance in hub.instances:
        service = instance.service
        entry = data.get(service.workspace, {}).get(service.name)
        if hub.services.get((service.workspace, service.name)) is not service:
            continue  # of one name the last registration counts
        if entry is not None and instance.running:
            entry["instances"].setdefault(instance.service_id, []).append(_instance(hub, instance, take))
        elif entry is not None:
            state, since = instance.state
            # One whose worker is just ending may have failed: that it did, and why, is the news.
            if state == "starting" or instance.service_id not in entry["not_running"]:
                entry["not_running"][instance.service_id] = {"state": state, "seconds": since, "error": ""}
    return data


def add_runtime(data: dict[str, Any], hub: AdminSource, take: Take) -> dict[str, Any]:
    """Add what the runtime measures of itself, in the shape of a service."""
    runtime = {"instances": {"main": [_runtime(hub, take)]}, "apps": [], "not_running": {}, "shared": True, "log": ""}
    data.setdefault(SYSTEM, {})[RUNTIME] = runtime
    return data


def _service(hub: AdminSource, service: Service) -> dict[str, Any]:
    apps = [{"app_name": name, "title": app.title or name} for name, app in service.apps.items()]
    down = {
        service_id: {"state": state, "seconds": seconds, "error": detail}
        for service_id, state, seconds, detail in hub.failures_of(service)
    }
    log = hub.log_of(service).label
    return {"instances": {}, "apps": apps, "not_running": down, "shared": service.shared, "log": log}


def _instance(hub: AdminSource, instance: Instance, take: Take) -> dict[str, Any]:
    now = time.monotonic()
    state, since = instance.state
    return {
        "uptime": int(instance.uptime),
        "sessions": {
            session.session_id: {
                "app_name": session.app,
                "uptime": int(now - session.started),
                "messages_in": session.traffic.messages_in,
                "messages_out": session.traffic.messages_out,
                "bytes_in": session.traffic.bytes_in,
                "bytes_out": session.traffic.bytes_out,
            }
            for session in instance.sessions.values()
        },
        "metrics": take(instance.metrics),
        "metrics_metadata": instance.metrics_metadata,
        "state": state,
        "seconds_in_state": since,
        "pid": instance.pid,
        "restarts": hub.restarts_of(instance),
        "waiting": instance.waiting,
        "measured": instance.stats.as_dict(now),
        "measured_history": take(instance.stats.history),
        "number": instance.number,
        "kept": {"metrics": len(instance.metrics), "measured_history": len(instance.stats.history)},
    }


def _runtime(hub: AdminSource, take: Take) -> dict[str, Any]:
    stats = hub.stats
    return {
        "uptime": int(time.monotonic() - stats.started),
        "sessions": {},
        "metrics": take(stats.history),
        "number": 0,
        "kept": {"metrics": len(stats.history)},
        "metrics_metadata": stats.METADATA,
        "state": "running",
    }
