"""One running service without a hub. Over real sockets: test_routes.py and test_services.py."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from narvi_desktop.server.errors import ServiceFailed, ServiceRefused
from narvi_desktop.server.instance import Instance
from narvi_desktop.server.logs import AppLog
from narvi_desktop.server.registry import Service
from narvi_desktop.server.session import Session
from narvi_desktop.settings import Settings
from tests.support.server import until

SETTINGS = Settings()
IMPATIENT = replace(SETTINGS, start_timeout=0.05)


class Echo:
    def __init__(self, services: Any, block: Any = None) -> None:
        if block is not None:
            block.wait(20)
        services.add_message_listener(lambda message, session_id: services.send(message, for_session_id=session_id))
        services.set_app2app_message_callback(self.on_app_message)
        self.services = services

    def on_app_message(self, workspace: str, service: str, service_id: str, data: Any) -> None:
        self.services.send_to_app("w", "other", "main", data)


@contextlib.asynccontextmanager
async def running(
    tmp_path: Path, settings: Settings = SETTINGS, **options: Any
) -> AsyncIterator[tuple[Instance, Any]]:
    """An instance, not yet started, and its hub."""
    hub = Mock()
    service = Service("lab", "echo", Echo, **options)
    instance = Instance(1, service, "main", settings, AppLog(tmp_path / "log", settings), hub)
    yield instance, hub
    if instance.has_started:
        await instance.stop(1001, "the test ends")
        hub.instance_ended.assert_called_once_with(instance)


async def test_start_messages_and_stop(tmp_path: Path) -> None:
    async with running(tmp_path) as (instance, _):
        assert instance.state[0] == "starting" and not instance.running
        await instance.start()
        assert instance.running and instance.state[0] == "idle" and instance.pid is None
        socket: Any = Mock()
        session = Session(instance.next_session_number(), "app", socket, Settings())
        instance.open_session(session, {}, {})
        assert instance.state[0] == "running" and instance.busy()
        await instance.message(session, True, b"hello")
        await until(lambda: session.traffic.messages_out == 1)
        assert instance.stats.traffic.bytes_in == instance.stats.traffic.bytes_out == 5
        instance.close_session(session)
        instance.close_session(session)
        assert not instance.busy()


async def test_what_a_validator_refuses(tmp_path: Path) -> None:
    async with running(tmp_path, validator=lambda service_id: False) as (instance, _):
        with pytest.raises(ServiceRefused):
            await instance.start()


async def test_a_constructor_that_does_not_return(tmp_path: Path) -> None:
    block = threading.Event()
    async with running(tmp_path, IMPATIENT, parameters={"block": block}) as (instance, _):
        with pytest.raises(ServiceFailed) as caught:
            await instance.start()
        assert "the constructor of Echo has not returned within 0.05 s" in caught.value.detail
        assert instance.ended.is_set() and instance.state[0] == "stopping"
        block.set()


async def test_app_messages_pass_and_are_asked_of_the_hub(tmp_path: Path) -> None:
    async with running(tmp_path) as (instance, hub):
        await instance.start()
        hub.deliver_app_message.return_value = True
        assert instance.app_message(Service("w", "sender", "a:B"), "main", b'"data"')
        await until(lambda: bool(hub.deliver_app_message.called))
        sender, target, body = hub.deliver_app_message.call_args.args
        assert sender is instance and target["app"] == "other" and body == b'"data"'


async def test_the_idle_timer_asks_the_hub_and_a_pinned_one_has_none(tmp_path: Path) -> None:
    async with running(tmp_path, idle_timeout=0.01) as (instance, hub):
        await instance.start()
        await until(lambda: bool(hub.instance_idle.called))
        hub.instance_idle.assert_called_with(instance)
