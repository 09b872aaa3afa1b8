"""One script of app calls, on a plain thread or on an asyncio loop."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from narvi_desktop.worker import dispatcher
from narvi_desktop.worker.link import Frame, Kind
from narvi_desktop.worker.queues import Inbox


def inbox_with(*kinds: Kind) -> Inbox:
    inbox = Inbox()
    for number, kind in enumerate(kinds):
        inbox.put(Frame(kind, number))
    return inbox


def ignore(what: str, error: BaseException) -> None:
    raise AssertionError(what) from error


def test_events_come_in_order_without_a_loop() -> None:
    seen: list[Any] = []

    def script() -> dispatcher.Script:
        for _ in range(3):
            seen.append((yield dispatcher.WAIT).number)
            with pytest.raises(RuntimeError):
                asyncio.get_running_loop()

    dispatcher.run(script(), inbox_with(Kind.TEXT, Kind.TEXT, Kind.TEXT), ignore)
    assert seen == [0, 1, 2]


def test_the_first_awaitable_changes_to_a_loop_and_its_result_comes_back() -> None:
    seen: list[Any] = []

    async def later(value: int) -> int:
        await asyncio.sleep(0)
        return value + 1

    def script() -> dispatcher.Script:
        frame = yield dispatcher.WAIT
        seen.append((yield later(frame.number)))
        seen.append((yield dispatcher.WAIT).number)

    dispatcher.run(script(), inbox_with(Kind.TEXT, Kind.TEXT), ignore)
    assert seen == [1, 1]


def test_an_awaitable_that_fails_raises_in_the_script() -> None:
    async def fail() -> None:
        raise ValueError("no luck")

    def script() -> dispatcher.Script:
        with pytest.raises(ValueError, match="no luck"):
            yield fail()

    dispatcher.run(script(), Inbox(), ignore)


def test_tasks_of_the_app_are_cancelled_at_the_end() -> None:
    cancelled: list[bool] = []

    async def for_ever() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    def script() -> dispatcher.Script:
        yield dispatcher.ASYNC
        task = asyncio.get_running_loop().create_task(for_ever())
        yield asyncio.sleep(0)
        assert not task.done()

    dispatcher.run(script(), Inbox(), ignore)
    assert cancelled == [True]
