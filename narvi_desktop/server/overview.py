"""All that runs, as plain data: Narvi's admin data, with what the runtime measures as additional keys."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from .site import SYSTEM

if TYPE_CHECKING:
    from .hub import Hub, Service
    from .instance import Instance

RUNTIME = "runtime"  # what the runtime tells of itself looks like a service of this name in our own workspace


def admin_data(hub: Hub) -> dict[str, Any]:
    """In Narvi's shape (narvi-protocol.md, "Admin data"); keys are added, none is changed."""
    data: dict[str, Any] = {}
    for (workspace, name), service in hub.services.items():
        data.setdefault(workspace, {})[name] = _service(hub, service)
    for instance in hub.instances:
        service = instance.service
        entry = data.get(service.workspace, {}).get(service.name)
        if entry is not None and instance.running:
            entry["instances"].setdefault(instance.service_id, []).append(_instance(hub, instance))
        elif entry is not None:
            state, since = instance.state
            entry["not_running"][instance.service_id] = {"state": state, "seconds": since, "error": ""}
    own = {"instances": {"main": [_runtime(hub)]}, "apps": [], "not_running": {}, "log": ""}
    data.setdefault(SYSTEM, {})[RUNTIME] = own
    return data


def _service(hub: Hub, service: Service) -> dict[str, Any]:
    apps = [{"app_name": name, "title": app.title or name} for name, app in service.apps.items()]
    down = {
        service_id: {"state": state, "seconds": seconds, "error": detail}
        for service_id, state, seconds, detail in hub.failures_of(service)
    }
    return {"instances": {}, "apps": apps, "not_running": down, "log": str(hub.log_of(service).path)}


def _instance(hub: Hub, instance: Instance) -> dict[str, Any]:
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
        "metrics": [[at, values] for at, values in instance.metrics],
        "metrics_metadata": instance.metrics_metadata,
        "state": state,
        "seconds_in_state": since,
        "pid": instance.pid,
        "restarts": hub.restarts_of(instance),
        "waiting": instance.waiting,
        "measured": instance.measures.plain(now),
        "measured_history": [[at, values] for at, values in instance.measures.history],
    }


def _runtime(hub: Hub) -> dict[str, Any]:
    own = hub.own
    return {
        "uptime": time.monotonic() - own.started,
        "sessions": {},
        "metrics": [[at, values] for at, values in own.history],
        "metrics_metadata": own.METADATA,
        "state": "running",
    }
