"""Calls of a program's threads to the loop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from narvi_desktop.embedding.loop_thread import LoopThread


async def name() -> str:
    return threading.current_thread().name


def test_before_and_after_the_loop_calls_are_the_callers_own() -> None:
    loop, own = LoopThread(), threading.current_thread()
    assert loop.call(threading.current_thread) is own and loop.spawn(name()) is None
    loop.start()
    assert loop.call(threading.current_thread).name == "narvi-loop"
    future = loop.spawn(name())
    assert future is not None and future.result(20) == "narvi-loop"
    assert loop.call(lambda: loop.call(lambda: "nested")) == "nested"
    loop.stop()
    loop.stop()
    assert loop.call(threading.current_thread) is own


def test_errors_come_back_and_tasks_are_cancelled_at_the_end() -> None:
    loop, cancelled = LoopThread(), threading.Event()
    loop.start()
    with pytest.raises(ZeroDivisionError):
        loop.call(lambda: 1 / 0)

    async def for_ever() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    started = loop.spawn(for_ever())
    loop.stop()
    assert cancelled.is_set() and started is not None and started.cancelled()
