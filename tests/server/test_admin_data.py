"""Narvi's admin data; narvi-protocol.md, "Admin data"."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from narvi_desktop.server.hub import Hub
from narvi_desktop.server.registry import Service
from narvi_desktop.server.stats import HistoryCursor
from narvi_desktop.settings import Settings


class Quiet:
    def __init__(self, services: Any, fail: bool = False) -> None:
        if fail:
            raise ValueError("no luck")


async def test_protocol_shape_of_the_admin_data(tmp_path: Path) -> None:
    hub = Hub(Settings(), tmp_path)
    service = hub.register_service(Service("lab", "probe", Quiet))
    hub.register_app("app", service)
    instance = await hub.acquire(service, "one", for_session=False)
    instance.metrics.add(1.0, {"load": 1})
    data = hub.admin_data()
    json.dumps(data)
    entry = data["lab"]["probe"]
    assert entry["apps"][0]["app_name"] == "app"
    (shown,) = entry["instances"]["one"]
    assert shown["uptime"] == 0 and isinstance(shown["uptime"], int)
    assert shown["metrics"] == [[1.0, {"load": 1}]] and shown["sessions"] == shown["metrics_metadata"] == {}
    assert data["desktop"]["runtime"]["instances"]["main"][0]["state"] == "running"
    await hub.close()


async def test_a_reader_gets_what_is_new(tmp_path: Path) -> None:
    hub, cursor = Hub(Settings(), tmp_path), HistoryCursor()
    instance = await hub.acquire(hub.register_service(Service("lab", "probe", Quiet)), "one", False)
    for timestamp in (1.0, 2.0):
        instance.metrics.add(timestamp, {})
        (shown,) = hub.admin_data_since(cursor)["lab"]["probe"]["instances"]["one"]
        assert shown["metrics"] == [[timestamp, {}]]
    await hub.close()
