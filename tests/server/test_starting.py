"""Starting instances: one at a time for each id, with back-off."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest

from narvi_desktop.server.errors import ServiceFailed, ServiceRefused
from narvi_desktop.server.instance import Instance
from narvi_desktop.server.registry import Service
from narvi_desktop.server.starting import Failures, InstanceStarter
from narvi_desktop.settings import Settings

SETTINGS = replace(Settings(), restart_delays=(0.01, 0.02), steady_after=10)


class FakeInstance:
    """Stands for an instance whose worker starts at the next turn of the loop, or fails."""

    def __init__(self, service: Service, service_id: str, error: Exception | None) -> None:
        self.service, self.service_id, self.error = service, service_id, error
        self.running = self.stopping = self.pinned = False
        self.uptime = 0.0
        self.ended = asyncio.Event()

    async def start(self) -> None:
        await asyncio.sleep(0)
        if self.error is not None:
            self.ended.set()
            raise self.error
        self.running = True


class Fixture:
    def __init__(self) -> None:
        self.created: list[FakeInstance] = []
        self.errors: list[Exception] = []
        self.discarded = Mock()
        self.starter = InstanceStarter(SETTINGS, self.create, self.discarded)

    def create(self, service: Service, service_id: str, pinned: bool) -> Any:
        instance = FakeInstance(service, service_id, self.errors.pop(0) if self.errors else None)
        self.created.append(instance)
        return instance


async def test_many_that_ask_meet_one_instance() -> None:
    fixture, service = Fixture(), Service("lab", "probe", "a:B")
    asked = [fixture.starter.acquire(service, "one", for_session) for for_session in (True, False, True)]
    instances: list[Instance] = await asyncio.gather(*asked)
    assert len(fixture.created) == 1 and len(set(instances)) == 1
    assert fixture.starter.shared_instance(service, "one") is instances[0]
    await fixture.starter.acquire(service, "two", True)
    assert len(fixture.created) == 2
    fixture.starter.forget(instances[0])
    assert fixture.starter.shared_instance(service, "one") is None


async def test_not_shared_the_page_starts_and_the_session_takes() -> None:
    fixture, service = Fixture(), Service("lab", "probe", "a:B", shared=False)
    spare = await fixture.starter.acquire(service, "one", for_session=False)
    assert await fixture.starter.acquire(service, "one", for_session=True) is spare
    assert await fixture.starter.acquire(service, "one", for_session=True) is not spare


async def test_failures_back_off_until_somebody_asks() -> None:
    fixture, service = Fixture(), Service("lab", "probe", "a:B")
    fixture.errors = [ServiceFailed("no luck"), ServiceFailed("no luck")]
    for _ in range(2):
        with pytest.raises(ServiceFailed, match="could not start"):
            await fixture.starter.acquire(service, "one", for_session=True)
    assert fixture.discarded.call_count == 2
    with pytest.raises(ServiceFailed) as caught:
        await fixture.starter.acquire(service, "one", for_session=True)
    assert "stays down until asked" in caught.value.detail and len(fixture.created) == 2
    ((service_id, state, _, detail),) = fixture.starter.failures_of(service)
    assert (service_id, state, detail) == ("one", "failed", "no luck")
    fixture.starter.forget_failures(service)
    assert (await fixture.starter.acquire(service, "one", for_session=True)).running


async def test_refusals_are_no_failures() -> None:
    fixture = Fixture()
    service = Service("lab", "probe", "a:B")
    fixture.errors = [ServiceRefused()]
    with pytest.raises(ServiceRefused):
        await fixture.starter.acquire(service, "one", for_session=True)
    assert list(fixture.starter.failures_of(service)) == []
    fixed = Service("lab", "probe", "a:B", fixed_service_id="main")
    with pytest.raises(ServiceRefused):
        await fixture.starter.acquire(fixed, "other", for_session=False)


def test_a_steady_life_forgives() -> None:
    failures = Failures()
    failures.record("one", 0, SETTINGS)
    failures.record("two", 0, SETTINGS)
    assert failures.down(SETTINGS)
    failures.record("three", 11, SETTINGS)
    assert failures.count == 1 and not failures.down(SETTINGS)
