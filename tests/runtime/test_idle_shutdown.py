"""When the runtime ends by itself."""

from __future__ import annotations

import pytest

from narvi_desktop.runtime import idle_shutdown
from narvi_desktop.runtime.idle_shutdown import IdleShutdown
from narvi_desktop.settings import Settings


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(idle_shutdown, "time", clock)
    return clock


async def test_it_leaves_some_time_after_it_was_needed(clock: Clock) -> None:
    idle = IdleShutdown(Settings(leave_after=60), stays=False)
    clock.now += 59
    idle.check(needed=True)
    clock.now += 60
    idle.check(needed=False)
    assert not idle.leaving
    clock.now += 1
    idle.check(needed=False)
    assert idle.leaving and idle.done.is_set()


async def test_a_promise_keeps_it_alive(clock: Clock) -> None:
    idle = IdleShutdown(Settings(leave_after=60), stays=False)
    idle.keep_alive(600)
    idle.keep_alive(5)  # a shorter one takes nothing away
    clock.now += 599
    idle.check(needed=False)
    assert not idle.leaving


async def test_it_stays_where_it_is_told_to_until_it_is_stopped(clock: Clock) -> None:
    idle = IdleShutdown(Settings(leave_after=60), stays=True)
    clock.now += 10_000
    idle.check(needed=False)
    assert not idle.leaving
    idle.leave()
    assert idle.leaving and idle.done.is_set()
