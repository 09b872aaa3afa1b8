"""The two queues of a worker: events in, frames out. Here app threads meet the link."""

from __future__ import annotations

import threading
from collections import deque
from queue import Empty, SimpleQueue
from typing import Callable

from .link import Frame, Kind


def _nothing() -> None:
    """Do nothing: the wake-up of an inbox whose reader blocks in `get`."""


class Inbox:
    """Events for the dispatcher, first in first out; a stop overtakes them.

    Rule: any thread may put; only the dispatcher's thread takes.
    """

    def __init__(self) -> None:
        self._frames: SimpleQueue[Frame] = SimpleQueue()
        self._stop: Frame | None = None
        self.wake: Callable[[], None] = _nothing

    def put(self, frame: Frame) -> None:
        if frame.kind is Kind.STOP:
            self._stop = frame
        self._frames.put(frame)
        self.wake()

    def get(self) -> Frame:
        """Return the next event; blocks until there is one."""
        return self._stop or self._overtaken(self._frames.get())

    def get_nowait(self) -> Frame | None:
        """Return the next event, or None."""
        try:
            return self._stop or self._overtaken(self._frames.get_nowait())
        except Empty:
            return None

    def empty(self) -> bool:
        return self._frames.empty()

    def __len__(self) -> int:
        """Return about how many events wait."""
        return self._frames.qsize()

    def _overtaken(self, frame: Frame) -> Frame:
        # The stop may have come while `get` was waiting.
        return self._stop or frame


class Outbox:
    """Frames for the runtime, first in first out over all kinds.

    Rule: any thread of the app may put and is held while more than `limit` bytes wait, so that an
    app that sends faster than the link carries cannot fill the memory; one thread (or the
    runtime's loop) takes. `wake` is called, outside the lock, when the first frame arrives in an
    empty outbox: one wake-up for many frames.
    """

    def __init__(self, wake: Callable[[], None], limit: int = 32 * 1024 * 1024) -> None:
        self._wake = wake
        self._limit = limit
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._closed = False
        self._changed = threading.Condition()

    def put(self, frame: Frame) -> None:
        with self._changed:
            while self._bytes > self._limit and not self._closed:
                self._changed.wait()
        self.offer(frame)

    def offer(self, frame: Frame) -> None:
        """Put without waiting: for the thread that reads the link, which nothing may hold, and for small frames."""
        with self._changed:
            if self._closed:
                return
            first = not self._frames
            self._frames.append(frame)
            self._bytes += len(frame.body)
            if first:
                self._changed.notify_all()
        if first:
            self._wake()

    def take(self, max_frames: int = 256, max_bytes: int = 1024 * 1024) -> list[Frame]:
        """Return what waits, at most this much; an empty list if nothing does."""
        frames: list[Frame] = []
        size = 0
        with self._changed:
            while self._frames and len(frames) < max_frames and size < max_bytes:
                frame = self._frames.popleft()
                frames.append(frame)
                size += len(frame.body)
            self._bytes -= size
            if size:
                self._changed.notify_all()
        return frames

    def wait(self) -> bool:
        """Block until a frame waits; False when the outbox is closed and empty."""
        with self._changed:
            while not self._frames and not self._closed:
                self._changed.wait()
            return bool(self._frames)

    def close(self) -> None:
        """Refuse new frames and release who waits; what is inside may still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
