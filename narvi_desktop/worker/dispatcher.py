"""Runs one script of app calls in one thread, on an asyncio loop only when the app needs one.

The script is a generator: it yields WAIT for the next event and yields every awaitable that a
callback returned. So the order of events is written once, and neither driver knows it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from typing import Any, Callable

from .queues import Inbox

WAIT = object()
ASYNC = object()
Script = Generator[Any, Any, None]


Report = Callable[[str, BaseException], object]


def run(script: Script, inbox: Inbox, report: Report) -> None:
    """Run the script to its end; switch to an asyncio loop at the first awaitable."""
    wanted = next(script, None)
    while wanted is WAIT:
        wanted = _send(script, inbox.get())
    if wanted is not None:
        _run_with_loop(script, wanted, inbox, report)


def _send(script: Script, value: Any) -> Any:
    try:
        return script.send(value)
    except StopIteration:
        return None


def _run_with_loop(script: Script, wanted: Any, inbox: Inbox, report: Report) -> None:
    import asyncio  # here, not above: it doubles the memory of a worker that has no use for it

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    main = loop.create_task(_drive(script, wanted, inbox))
    while not main.done():
        try:
            loop.run_until_complete(main)
        except BaseException as error:  # a task of the app raised SystemExit or KeyboardInterrupt through the loop
            report("a task of the app stopped the event loop", error)
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks, timeout=1))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


async def _drive(script: Script, wanted: Any, inbox: Inbox) -> None:
    import asyncio

    loop = asyncio.get_running_loop()
    arrived = asyncio.Event()

    def wake() -> None:
        # Called by the thread that reads the link; the loop may have ended in the meantime.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(arrived.set)

    inbox.wake = wake
    while wanted is not None:
        if wanted is WAIT:
            frame = inbox.get_nowait()
            if frame is None:
                await arrived.wait()
                arrived.clear()
                continue
            # Tasks of the app run between events too, also when events never end.
            await asyncio.sleep(0)
            wanted = _send(script, frame)
        elif wanted is ASYNC:
            wanted = _send(script, None)
        else:
            wanted = await _step(script, wanted)


async def _step(script: Script, awaitable: Any) -> Any:
    try:
        result = await awaitable
    except BaseException as error:  # goes back to the script, which knows whose call it was
        try:
            return script.throw(error)
        except StopIteration:
            return None
    return _send(script, result)
