"""Requests that wait for a worker's answer."""

from __future__ import annotations

import asyncio

import pytest

from narvi_desktop.server.errors import ServiceFailed
from narvi_desktop.server.request_calls import RequestCalls
from narvi_desktop.worker.link import Frame, Kind


async def call(calls: RequestCalls) -> Frame:
    return await calls.call("handler", {}, {}, {}, b"body")


async def test_answers_find_their_callers() -> None:
    posted: list[Frame] = []
    calls = RequestCalls(posted.append, timeout=20)
    tasks = [asyncio.create_task(call(calls)) for _ in range(2)]
    while len(posted) < 2:
        await asyncio.sleep(0)
    assert len(calls) == 2
    for frame in reversed(posted):
        calls.respond(Frame(Kind.RESPONSE, frame.number, None, b"%d" % frame.number))
    assert [frame.body for frame in await asyncio.gather(*tasks)] == [b"1", b"2"]
    assert len(calls) == 0
    calls.respond(Frame(Kind.RESPONSE, 1))  # too late


async def test_a_timeout_cancels_and_an_end_fails_all() -> None:
    posted: list[Frame] = []
    calls = RequestCalls(posted.append, timeout=0.01)
    with pytest.raises(TimeoutError):
        await call(calls)
    assert [frame.kind for frame in posted] == [Kind.REQUEST, Kind.REQUEST_CANCELLED]
    calls = RequestCalls(posted.append, timeout=20)
    task = asyncio.create_task(call(calls))
    await asyncio.sleep(0)
    calls.fail_all("killed")
    with pytest.raises(ServiceFailed):
        await task
