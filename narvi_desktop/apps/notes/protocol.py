"""The binary messages between page and service: u8 kind, u8 length of the note's id, the id, u32 number, payload.

A message that is larger than PART_BYTES travels as parts, whose payload is u8 kind, u32 index,
u32 count, and the bytes. web/protocol.js encodes and decodes the same.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

UPDATE, AWARENESS, SNAPSHOT, IMAGE, NEW, TEXT, PART = range(1, 8)
PART_BYTES = 1024 * 1024  # the runtime closes a session with 1009 above 16 MiB
MAX_BYTES = 96 * 1024 * 1024  # of all parts together


class TooLarge(ValueError):
    """A message whose parts are together larger than MAX_BYTES."""


def pack(kind: int, note: str, number: int, payload: bytes) -> bytes:
    """Encode a message."""
    identity = note.encode()
    return struct.pack("!BB", kind, len(identity)) + identity + struct.pack("!I", number) + payload


def split(kind: int, note: str, number: int, payload: bytes) -> Iterator[bytes]:
    """Pack into one message, or into several where the payload is large."""
    if len(payload) <= PART_BYTES:
        yield pack(kind, note, number, payload)
        return
    count = -(-len(payload) // PART_BYTES)
    for index in range(count):
        part = payload[index * PART_BYTES : (index + 1) * PART_BYTES]
        yield pack(PART, note, number, struct.pack("!BII", kind, index, count) + part)


def unpack(message: bytes) -> tuple[int, str, int, bytes]:
    """Decode a message. Raise ValueError for a malformed one; the runtime logs it and goes on."""
    try:
        kind, length = struct.unpack_from("!BB", message)
        (number,) = struct.unpack_from("!I", message, 2 + length)
    except struct.error as error:
        raise ValueError("a message that is too short") from error
    return kind, message[2 : 2 + length].decode(), number, message[6 + length :]


class Joiner:
    """Join the parts that one session sends; they arrive in order."""

    def __init__(self) -> None:
        self._joined: dict[tuple[str, int], bytearray] = {}

    def join(self, note: str, number: int, payload: bytes) -> tuple[int, bytes] | None:
        """Return kind and payload with the last part, else None; raise TooLarge at the first part of too many."""
        try:
            kind, index, count = struct.unpack_from("!BII", payload)
        except struct.error as error:
            raise ValueError("a part that is too short") from error
        key = note, number
        if index == 0:
            if count * PART_BYTES > MAX_BYTES:
                raise TooLarge(f"{count} parts")
            self._joined[key] = bytearray()
        joined = self._joined.get(key)
        if joined is None:
            return None  # the rest of what was too large, or of what began before a reconnect
        if len(joined) != index * PART_BYTES or len(payload) - 9 > PART_BYTES:
            del self._joined[key]
            raise ValueError("a part that is not the next one")
        joined += payload[9:]
        if index + 1 < count:
            return None
        return kind, bytes(self._joined.pop(key))
