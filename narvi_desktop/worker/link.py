"""The frames between an instance and its worker; no I/O.

Threads hand over `Frame` objects, processes their bytes:
u32 length of the rest, u8 kind, u32 number, u32 head length, head (JSON, may be empty), body.
There is no pickle on the link: an app must not be able to run code in the runtime.
"""

from __future__ import annotations

import json
import struct
from enum import IntEnum
from typing import Any, NamedTuple


class Kind(IntEnum):
    """The closed set of messages; `number` is a session, request or call number, or a count."""

    # To the worker.
    START = 1
    STOP = 2
    SESSION_OPENED = 3
    SESSION_CLOSED = 4
    TEXT = 5
    BYTES = 6
    REQUEST = 7
    REQUEST_CANCELLED = 8
    APP_MESSAGE = 9
    APP_ANSWER = 10
    METRICS_WANTED = 11
    ADMIN_DATA = 12
    STACK_WANTED = 13
    # From the worker.
    READY = 32
    FAILED = 33
    REFUSED = 34
    DONE = 35
    SEND_ONE_TEXT = 36
    SEND_ONE_BYTES = 37
    SEND_ALL_TEXT = 38
    SEND_ALL_BYTES = 39
    SEND_EXCEPT_TEXT = 40
    SEND_EXCEPT_BYTES = 41
    ADD_REQUEST_SERVICE = 42
    REMOVE_REQUEST_SERVICE = 43
    RESPONSE = 44
    APP_MESSAGE_TO = 45
    ADMIN_WANTED = 46
    METRICS = 47
    STOPPED = 48
    CALLBACK_TIMINGS = 49
    STACK = 50


class Frame(NamedTuple):
    """One message. Between threads `head` may hold any object; between processes JSON types."""

    kind: Kind
    number: int = 0
    head: Any = None
    body: bytes = b""


class LinkError(Exception):
    """The other side sent bytes that are no frame: the connection is not trusted any more."""


_PREFIX = struct.Struct("!IBII")
_AFTER_LENGTH = _PREFIX.size - 4
# What an app may hand to the link at once: the answer of a request service, or the data of send_to_app. Whoever makes
# the frame checks it, so that the app is told; a frame above FRAME_LIMIT would end the worker.
BODY_LIMIT = 64 * 1024 * 1024
HEAD_LIMIT = 64 * 1024  # characters, of which JSON makes at most six bytes each
FRAME_LIMIT = 65 * 1024 * 1024


def encode(frame: Frame) -> bytes:
    """Encode a frame. Raises TypeError or ValueError for a head that JSON cannot hold."""
    head = b""
    if frame.head is not None:
        head = json.dumps(frame.head, separators=(",", ":"), allow_nan=False).encode()
    length = _AFTER_LENGTH + len(head) + len(frame.body)
    return _PREFIX.pack(length, frame.kind, frame.number, len(head)) + head + frame.body


class Decoder:
    """Turns a stream of bytes, cut anywhere, into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that `data` completes. Raises LinkError for a frame too large or unknown."""
        self._buffer += data
        frames: list[Frame] = []
        start = 0
        while len(self._buffer) - start >= _PREFIX.size:
            length, kind, number, head_length = _PREFIX.unpack_from(self._buffer, start)
            if not _AFTER_LENGTH + head_length <= length <= FRAME_LIMIT:
                raise LinkError(f"a frame of {length} bytes with a head of {head_length}")
            end = start + 4 + length
            if len(self._buffer) < end:
                break
            frames.append(self._frame(kind, number, start + _PREFIX.size, head_length, end))
            start = end
        # Cut once per feed, not once per frame: the cut copies what is left.
        del self._buffer[:start]
        return frames

    def _frame(self, kind: int, number: int, head_start: int, head_length: int, end: int) -> Frame:
        body_start = head_start + head_length
        try:
            head = json.loads(self._buffer[head_start:body_start]) if head_length else None
            return Frame(Kind(kind), number, head, bytes(self._buffer[body_start:end]))
        except (ValueError, RecursionError) as error:
            raise LinkError(f"a frame that cannot be read: {error}") from error
