"""The stream of the monitor."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from typing import Any, cast

from narvi_desktop.runtime.monitoring import Monitoring
from narvi_desktop.state.names import AppRef
from narvi_desktop.state.paths import Paths
from tests.support.runtime import runtime_parts

HELLO = AppRef("hello")


def watch(monitoring: Monitoring) -> AsyncGenerator[dict[str, Any]]:
    return cast("AsyncGenerator[dict[str, Any]]", monitoring.watch({}))


async def test_a_document_at_once_and_one_for_each_round(paths: Paths) -> None:
    async with runtime_parts(paths) as parts:
        monitoring = Monitoring(parts.hub, parts.sites, parts.windows)
        stream = watch(monitoring)
        first = await anext(stream)
        assert (first["schema"], first["running"], first["pid"], first["trace"]) == (1, True, os.getpid(), [])
        monitoring.notify()
        assert (await anext(stream))["schema"] == 1
        monitoring.notify()
        monitoring.close()
        assert [document async for document in stream] == []


async def test_messages_are_sent_once(paths: Paths) -> None:
    async with runtime_parts(paths) as parts:
        monitoring = Monitoring(parts.hub, parts.sites, parts.windows)
        stream = watch(monitoring)
        await anext(stream)
        service = parts.registry.open(HELLO).service
        target = {"workspace": "a", "app": "b", "service_id": "c"}
        parts.hub.message_log.record(service, "main", target, True, 7)
        monitoring.notify()
        assert [message["number"] for message in (await anext(stream))["trace"]] == [1]
        monitoring.notify()
        assert (await anext(stream))["trace"] == []
        await stream.aclose()


async def test_a_watcher_that_does_not_read_costs_no_memory(paths: Paths) -> None:
    async with runtime_parts(paths) as parts:
        monitoring = Monitoring(parts.hub, parts.sites, parts.windows)
        stream = watch(monitoring)
        await anext(stream)
        for _ in range(100):
            monitoring.notify()
        monitoring.close()
        assert [document async for document in stream] == []


async def test_measuring(paths: Paths) -> None:
    async with runtime_parts(paths) as parts:
        monitoring = Monitoring(parts.hub, parts.sites, parts.windows)
        monitoring.measure()
        assert parts.hub.stats.memory is not None and parts.hub.stats.memory > 1_000_000
