"""The event loop of an embedded server, on a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """Lets every thread of the program call the server, whose objects belong to the loop.

    Before the loop runs and after it has ended, calls are made on the caller's own thread, one at a time: there is
    no loop that they could meet.
    """

    def __init__(self) -> None:
        # Guards the change between the two ways to call: a call must not slip between the last of the one way
        # and the first of the other.
        self._lock = threading.RLock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; returns when its loop runs."""
        loop = asyncio.new_event_loop()
        with self._lock:
            # A daemon: a program that ends without close() must not be held by its server.
            self._thread = threading.Thread(target=self._run, args=(loop,), name="narvi-loop", daemon=True)
            self._loop = loop
            self._thread.start()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()

    def call(self, function: Callable[[], T]) -> T:
        """Call a function that does not wait, on the loop, and return what it returns."""
        with self._lock:
            loop = self._loop
            if loop is None or threading.current_thread() is self._thread:
                return function()
            future: Future[T] = Future()

            def run() -> None:
                try:
                    future.set_result(function())
                except BaseException as error:
                    future.set_exception(error)

            loop.call_soon_threadsafe(run)
        # Outside the lock: what the loop does meanwhile may need it.
        return future.result()

    def spawn(self, work: Coroutine[Any, Any, T]) -> Future[T] | None:
        """Start a coroutine on the loop without waiting for it; None, and no start, when there is no loop."""
        with self._lock:
            if self._loop is not None:
                return asyncio.run_coroutine_threadsafe(work, self._loop)
        work.close()
        return None

    def stop(self) -> None:
        """End the loop and its thread. Called by another thread."""
        with self._lock:
            loop, thread, self._loop = self._loop, self._thread, None
        if loop is None or thread is None:
            return
        with contextlib.suppress(RuntimeError):
            asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
