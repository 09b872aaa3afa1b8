"""Sessions of Notes without a browser: its binary and JSON messages."""

from __future__ import annotations

import json
import struct
import uuid
from typing import Any

from tests.support.server import Page
from tests.support.waiting import PATIENCE

UPDATE, AWARENESS, SNAPSHOT, IMAGE, NEW, TEXT, PART = range(1, 8)


PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def packed(kind: int, note: str, number: int, payload: bytes) -> bytes:
    return struct.pack("!BB", kind, len(note)) + note.encode() + struct.pack("!I", number) + payload


async def told_of(page: Page, name: str) -> Any:
    """The next message of that name; others are passed over."""
    while True:
        message = await page.socket.receive(timeout=PATIENCE)
        if isinstance(message.data, str) and next(iter(document := json.loads(message.data))) == name:
            return document


async def do(page: Page, name: str, **more: Any) -> None:
    await page.socket.send_str(json.dumps({"do": name, **more}))


async def new_note(page: Page) -> str:
    note = uuid.uuid4().hex
    await page.socket.send_bytes(packed(NEW, note, 0, b""))
    await told_of(page, "note")
    return note


async def keep(page: Page, note: str, number: int, payload: bytes) -> None:
    await page.socket.send_bytes(packed(UPDATE, note, number, payload))


async def updates(page: Page, note: str) -> list[bytes]:
    """All that the service has of a note."""
    await do(page, "open", note=note)
    found = []
    while True:
        message = await page.socket.receive(timeout=PATIENCE)
        if isinstance(message.data, bytes):
            found.append(message.data[6 + len(note) :])
        elif "opened" in json.loads(message.data):
            return found


async def write(page: Page, text: str) -> str:
    note = await new_note(page)
    await page.socket.send_bytes(packed(TEXT, note, 0, text.encode()))
    await told_of(page, "note")
    return note
