"""The service of Notes: relays what pages type, and confirms it when it is saved.

A binary message is: u8 kind, u8 length of the note's id, the id, u32 number, payload.
"""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
from typing import Any

from store import Store

from narvi_desktop import WebAppServices

UPDATE, AWARENESS, SNAPSHOT, IMAGE = 1, 2, 3, 4
COMPACT_AT = 200  # updates of a note, until one page is asked for a snapshot
# Recognized by content, not by what the page says, since images are served from this site. No SVG: it can hold scripts.
IMAGE_TYPES = {
    rb"\x89PNG\r\n": "image/png",
    rb"\xff\xd8\xff": "image/jpeg",
    rb"GIF8[79]a": "image/gif",
    rb"RIFF....WEBP": "image/webp",
}
Headers = dict[str, str]


class NotesService:
    """Keeps the notes, and passes changes between the pages that show them."""

    def __init__(self, services: WebAppServices, folder: str) -> None:
        self._services = services
        self._store = Store(folder)
        self._compacting: dict[str, tuple[str, int]] = {}  # note: the session that was asked, and up to which number
        self._actions = {
            "new": self._new,
            "delete": self._delete,
            "restore": self._restore,
            "open": self._open,
            "text": self._text,
            "search": self._search,
        }
        services.add_session_open_listener(self._opened)
        services.add_session_close_listener(self._closed)
        services.add_app_close_listener(self._store.close)
        services.add_message_listener(self._received)
        services.create_request_service("notes", "image/$name", self._image)
        services.create_request_service("notes", "export.zip", self._export)

    def _opened(self, app_name: str, session_id: str, query: Headers, headers: Headers) -> None:
        self._send({"list": self._store.notes()}, session_id)

    def _closed(self, session_id: str) -> None:
        self._send({"left": session_id})  # the others remove its cursor, even if the window was killed

    def _received(self, message: str | bytes, session_id: str) -> None:
        if isinstance(message, bytes):
            self._received_bytes(message, session_id)
        else:
            request = json.loads(message)
            self._actions[request["do"]](request, session_id)

    def _new(self, request: dict[str, Any], session_id: str) -> None:
        note = self._store.create()
        self._send({"note": self._store.note(note)})
        self._send({"created": note}, session_id)

    def _delete(self, request: dict[str, Any], session_id: str) -> None:
        self._store.delete(request["note"])
        self._send({"deleted": request["note"]})

    def _restore(self, request: dict[str, Any], session_id: str) -> None:
        self._store.restore(request["note"])
        self._send({"note": self._store.note(request["note"])})
        self._send({"created": request["note"]}, session_id)

    def _open(self, request: dict[str, Any], session_id: str) -> None:
        note = request["note"]
        for number, data in self._store.updates(note):
            self._services.send(pack(UPDATE, note, number, data), for_session_id=session_id)
        self._send({"opened": note}, session_id)
        # The other pages send their cursors to the new one.
        self._services.send(json.dumps({"joined": note}), except_session_id=session_id)

    def _text(self, request: dict[str, Any], session_id: str) -> None:
        if self._store.set_text(request["note"], request["text"]):
            changed = self._store.note(request["note"])
            if changed is not None:
                self._send({"note": changed})

    def _search(self, request: dict[str, Any], session_id: str) -> None:
        self._send({"found": self._store.search(request["words"]), "words": request["words"]}, session_id)

    def _received_bytes(self, message: bytes, session_id: str) -> None:
        kind, note, number, payload = unpack(message)
        if kind == AWARENESS:
            self._services.send(message, except_session_id=session_id)
        elif kind == UPDATE:
            self._update(note, number, payload, session_id)
        elif kind == SNAPSHOT and self._compacting.get(note) == (session_id, number):
            del self._compacting[note]
            self._store.compact(note, number, payload)
        elif kind == IMAGE:
            self._add_image(note, payload, session_id)

    def _update(self, note: str, number: int, payload: bytes, session_id: str) -> None:
        # A note that was deleted for good keeps nothing; the page need not send the update again.
        sequence = self._store.add(note, payload) if self._store.exists(note) else 0
        self._send({"saved": number, "note": note}, session_id)
        if sequence == 0:
            return
        self._services.send(pack(UPDATE, note, sequence, payload), except_session_id=session_id)
        if self._store.count(note) % COMPACT_AT == 0:
            # Only a page can merge updates. This one has received all of them up to this number.
            self._compacting[note] = (session_id, sequence)
            self._send({"compact": note, "number": sequence}, session_id)

    def _add_image(self, note: str, payload: bytes, session_id: str) -> None:
        kind = next((kind for start, kind in IMAGE_TYPES.items() if re.match(start, payload, re.DOTALL)), None)
        name = None if kind is None else self._store.add_image(kind, payload)
        self._send({"image": name, "note": note}, session_id)

    def _image(self, path: Headers, query: Headers, headers: Headers, body: bytes) -> tuple[int, bytes, str, Headers]:
        found = self._store.image(path["name"])
        if found is None:
            return 404, b"no such image", "text/plain", {}
        return 200, found[1], found[0], {"Cache-Control": "private, max-age=31536000, immutable"}

    def _export(self, path: Headers, query: Headers, headers: Headers, body: bytes) -> tuple[int, bytes, str, Headers]:
        buffer, taken = io.BytesIO(), set()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for title, text in self._store.texts():
                name = base = " ".join(re.sub(r"[^\w -]", " ", title).split())[:60].strip() or "note"
                count = 1
                while name.lower() in taken:
                    count += 1
                    name = f"{base} {count}"
                taken.add(name.lower())
                archive.writestr(name + ".md", text)
            for image, data in self._store.images():
                archive.writestr("image/" + image, data)
        return 200, buffer.getvalue(), "application/zip", {"Content-Disposition": 'attachment; filename="notes.zip"'}

    def _send(self, message: dict[str, Any], session_id: str | None = None) -> None:
        self._services.send(json.dumps(message), for_session_id=session_id)


def pack(kind: int, note: str, number: int, payload: bytes) -> bytes:
    identity = note.encode()
    return struct.pack("!BB", kind, len(identity)) + identity + struct.pack("!I", number) + payload


def unpack(message: bytes) -> tuple[int, str, int, bytes]:
    """Decode a message. Raises ValueError for a malformed one; the runtime logs it and goes on."""
    try:
        kind, length = struct.unpack_from("!BB", message)
        (number,) = struct.unpack_from("!I", message, 2 + length)
    except struct.error as error:
        raise ValueError("a message that is too short") from error
    return kind, message[2 : 2 + length].decode(), number, message[6 + length :]
