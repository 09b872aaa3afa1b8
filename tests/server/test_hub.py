"""Services that run. Over real sockets: test_routes.py and test_services.py."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from narvi_desktop.server.errors import ServiceFailed
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.registry import Service
from narvi_desktop.settings import Settings


class Quiet:
    def __init__(self, services: Any) -> None:
        services.set_app2app_message_callback(lambda *arguments: None)


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    hub = Hub(Settings(), tmp_path)
    yield hub
    await hub.close()
    assert not hub.instances


def add(hub: Hub, name: str = "probe") -> Service:
    service = hub.register_service(Service("lab", name, Quiet))
    hub.register_app(name, service)
    return service


async def test_instances_are_found_by_app_stopped_and_restarted(hub: Hub) -> None:
    service = add(hub)
    instance = await hub.acquire(service, "one", for_session=False)
    assert hub.running_instance("lab", "probe", "one") is instance
    assert hub.running_instance("lab", "probe", "two") is hub.running_instance("lab", "nobody", "one") is None
    assert await hub.restart(service) == 1 and await hub.stop(service) == 0
    again = await hub.acquire(service, "one", for_session=False)
    assert again.number > instance.number and hub.restarts_of(again) == 1
    assert await hub.stop(service, "other") == 0 and await hub.stop(service, "one") == 1


async def test_app_messages_find_their_instance_or_say_no(hub: Hub) -> None:
    sender = await hub.acquire(add(hub), "one", for_session=False)
    await hub.acquire(add(hub, "other"), "main", for_session=False)
    target = {"workspace": "lab", "app": "other", "service_id": "main"}
    assert hub.deliver_app_message(sender, target, b"null")
    assert not hub.deliver_app_message(sender, {**target, "service_id": "x"}, b"null")
    assert [entry["found"] for entry in hub.message_log.since(0)] == [True, False]


async def test_nothing_starts_once_it_closes(hub: Hub) -> None:
    service = add(hub)
    await hub.close()
    with pytest.raises(ServiceFailed):
        await hub.acquire(service, "one", for_session=False)


async def test_pinned_instances_ask_no_validator(hub: Hub) -> None:
    service = add(hub)
    service.validator, service.idle_timeout = (lambda service_id: False), 0
    instance = await hub.acquire(service, "one", for_session=False, pinned=True)
    hub.instance_idle(instance)
    assert instance.running and instance.pinned
