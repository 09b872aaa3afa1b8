"""Documents as the runtime streams them, made by hand."""

from __future__ import annotations

from typing import Any


def measured(**more: Any) -> dict[str, Any]:
    return {
        "messages_in": 3,
        "messages_out": 4,
        "bytes_in": 30,
        "bytes_out": 4000,
        "requests": 0,
        "errors": 0,
        "last_error": "",
        "metrics_dropped": 0,
        "messages_per_second": 1.5,
        "cpu": 2.25,
        "memory": 12 * 1024 * 1024,
        "inbox": 0,
        "callbacks": {},
        "running": None,
        **more,
    }


def instance(state: str = "running", seconds: float = 65, sessions: int = 1, **more: Any) -> dict[str, Any]:
    session = {"app_name": "notes", "uptime": 5, "messages_in": 1, "messages_out": 2, "bytes_in": 10, "bytes_out": 2048}
    return {
        "uptime": 65.0,
        "sessions": {f"{number}2345678-aaaa": session for number in range(sessions)},
        "metrics": [],
        "metrics_metadata": {},
        "state": state,
        "seconds_in_state": seconds,
        "number": 1,
        "pid": 4711,
        "restarts": 0,
        "waiting": {"to_worker": 0, "in_worker": 0, "to_pages": 0},
        "measured": measured(),
        "measured_history": [[20.0, {"messages": 2.0, "sessions": 1}], [18.0, {"messages": 1.0, "sessions": 1}]],
        **more,
    }


def service(instances: dict[str, list[dict[str, Any]]], **more: Any) -> dict[str, Any]:
    apps = [{"app_name": "notes"}]
    return {"instances": instances, "apps": apps, "not_running": {}, "shared": True, "log": "", **more}


def document(admin: dict[str, Any], trace: list[dict[str, Any]] | None = None, at: float = 20.0) -> dict[str, Any]:
    own = {
        "uptime": 3700.0,
        "sessions": {},
        "metrics": [[at, {"lag": 0.002, "sessions": 1, "messages": 1.5, "cpu": 0.5, "memory": 41 * 1024 * 1024}]],
        "metrics_metadata": {},
        "state": "running",
    }
    runtime = {"runtime": {"instances": {"main": [own]}, "apps": [], "not_running": {}, "shared": True, "log": ""}}
    return {
        "schema": 1,
        "running": True,
        "time": at,
        "version": "1.2.3",
        "pid": 99,
        "sites": {"desktop": "http://127.0.0.1:20000"},
        "interval": 2,
        "admin": {**admin, "desktop": {**admin.get("desktop", {}), **runtime}},
        "windows": [],
        "trace": trace or [],
    }


def message(found: bool = True) -> dict[str, Any]:
    return {"number": 1, "time": 20.0, "from": "a/a/main", "to": "b/b/main", "found": found, "bytes": 7}
