"""Requests that wait for the answer of a worker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from narvi_desktop.worker.link import Frame, Kind

from .errors import ServiceFailed


class RequestCalls:
    """The open calls of one instance, by number.

    Args:
        post: sends a frame to the worker.
        timeout: seconds that a handler may take.
    """

    def __init__(self, post: Callable[[Frame], None], timeout: float) -> None:
        self._post = post
        self._timeout = timeout
        self._last_number = 0
        self._answers: dict[int, asyncio.Future[Frame]] = {}

    def __len__(self) -> int:
        return len(self._answers)

    async def call(
        self, handler_id: str, path: dict[str, str], query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Frame:
        """Have a handler called and return its response. Raises TimeoutError, ServiceFailed."""
        self._last_number += 1
        number = self._last_number
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        head = {"handler": handler_id, "path": path, "query": query, "headers": headers}
        self._post(Frame(Kind.REQUEST, number, head, body))
        try:
            return await asyncio.wait_for(answer, self._timeout)
        except (TimeoutError, asyncio.CancelledError):
            # Nobody waits any more: a handler that has not begun is not called.
            self._post(Frame(Kind.REQUEST_CANCELLED, number))
            raise
        finally:
            self._answers.pop(number, None)

    def respond(self, frame: Frame) -> None:
        """Hand a response to who waits for it; one that comes too late is dropped."""
        answer = self._answers.get(frame.number)
        if answer is not None and not answer.done():
            answer.set_result(frame)

    def fail_all(self, reason: str) -> None:
        """Let every caller know that the worker has ended."""
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ServiceFailed(reason))
