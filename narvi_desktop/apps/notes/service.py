"""The service of Notes: relays what pages type, and confirms it when it is saved."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

from export import archive, parts
from protocol import (
    AWARENESS,
    IMAGE,
    NEW,
    PART,
    PART_BYTES,
    SNAPSHOT,
    TEXT,
    UPDATE,
    Joiner,
    TooLarge,
    pack,
    split,
    unpack,
)
from store import DAY, Store

from narvi_desktop import WebAppServices

COMPACT_AT = 200  # updates of a note, until one page is asked for a snapshot
BATCH_BYTES = 8 * 1024 * 1024  # of a note that is opened, until the page asks for more: its outbox has a limit
# Recognized by content, not by what the page says, since images are served from this site. No SVG: it can hold scripts.
IMAGE_TYPES = {
    rb"\x89PNG\r\n": "image/png",
    rb"\xff\xd8\xff": "image/jpeg",
    rb"GIF8[79]a": "image/gif",
    rb"RIFF....WEBP": "image/webp",
}
_NOTE = re.compile(r"[0-9a-f]{32}")
Headers = dict[str, str]
Answer = tuple[int, bytes, str, Headers]


class NotesService:
    """Keeps the notes, and passes changes between the pages that show them."""

    def __init__(self, services: WebAppServices, folder: str) -> None:
        self._services = services
        self._store = Store(folder)
        self._forgotten = time.monotonic()
        self._compacting: dict[str, tuple[str, int]] = {}  # note: the session that was asked, and up to which number
        self._joiners: dict[str, Joiner] = {}  # of sessions
        self._opening: dict[str, tuple[str, Iterator[bytes]]] = {}  # session: the note, and what is left to send
        self._actions = {
            "delete": self._delete,
            "restore": self._restore,
            "open": self._open,
            "more": self._more,
            "search": self._search,
            "deleted": self._deleted,
            "export": self._count_parts,
        }
        services.add_session_open_listener(self._opened)
        services.add_session_close_listener(self._closed)
        services.add_app_close_listener(self._store.close)
        services.add_message_listener(self._received)
        services.create_request_service("notes", "image/$name", self._image)
        services.create_request_service("notes", "export.zip", self._export)

    def _opened(self, app_name: str, session_id: str, query: Headers, headers: Headers) -> None:
        if time.monotonic() - self._forgotten > DAY:
            self._forgotten = time.monotonic()
            self._store.forget()
        self._send({"list": self._store.notes()}, session_id)

    def _closed(self, session_id: str) -> None:
        self._joiners.pop(session_id, None)
        self._opening.pop(session_id, None)
        self._send({"left": session_id})  # the others remove its cursor, even if the window was killed

    def _received(self, message: str | bytes, session_id: str) -> None:
        if isinstance(message, bytes):
            kind, note, number, payload = unpack(message)
            self._received_bytes(kind, note, number, payload, session_id)
        else:
            request = json.loads(message)
            self._actions[request["do"]](request, session_id)

    def _delete(self, request: dict[str, Any], session_id: str) -> None:
        self._store.delete(request["note"])
        self._send({"removed": request["note"]})

    def _restore(self, request: dict[str, Any], session_id: str) -> None:
        self._store.restore(request["note"])
        self._send({"note": self._store.note(request["note"])})
        self._send({"restored": request["note"]}, session_id)

    def _deleted(self, request: dict[str, Any], session_id: str) -> None:
        self._send({"deleted": self._store.deleted()}, session_id)

    def _open(self, request: dict[str, Any], session_id: str) -> None:
        self._opening[session_id] = request["note"], self._messages(request["note"])
        self._more(request, session_id)

    def _more(self, request: dict[str, Any], session_id: str) -> None:
        note, messages = self._opening.get(session_id, ("", iter(())))
        if note != request["note"]:
            return  # the page has opened another note since
        sent = 0
        for message in messages:
            self._services.send(message, for_session_id=session_id)
            sent += len(message)
            if sent >= BATCH_BYTES:
                return self._send({"more": note}, session_id)
        del self._opening[session_id]
        self._send({"opened": note}, session_id)
        # The other pages send their cursors to the new one.
        self._services.send(json.dumps({"joined": note}), except_session_id=session_id)

    def _messages(self, note: str) -> Iterator[bytes]:
        found = self._store.next_update(note, 0)
        while found is not None:
            yield from split(UPDATE, note, *found)
            found = self._store.next_update(note, found[0])

    def _search(self, request: dict[str, Any], session_id: str) -> None:
        self._send({"found": self._store.search(request["words"]), "words": request["words"]}, session_id)

    def _received_bytes(self, kind: int, note: str, number: int, payload: bytes, session_id: str) -> None:
        if kind == PART:
            self._part(note, number, payload, session_id)
        elif kind == AWARENESS:
            self._services.send(pack(kind, note, number, payload), except_session_id=session_id)
        elif kind == NEW:
            self._new(note, number, session_id)
        elif kind == UPDATE:
            self._update(note, number, payload, session_id)
        elif kind == TEXT:
            self._text(note, payload.decode("utf-8", "replace"))
        elif kind == SNAPSHOT and self._compacting.get(note) == (session_id, number):
            del self._compacting[note]
            self._store.compact(note, number, payload)
        elif kind == IMAGE:
            self._add_image(note, number, payload, session_id)

    def _part(self, note: str, number: int, payload: bytes, session_id: str) -> None:
        try:
            joined = self._joiners.setdefault(session_id, Joiner()).join(note, number, payload)
        except TooLarge:
            self._send({"refused": number, "note": note}, session_id)
            return
        if joined is not None and joined[0] != PART:
            self._received_bytes(joined[0], note, number, joined[1], session_id)

    def _new(self, note: str, number: int, session_id: str) -> None:
        if not _NOTE.fullmatch(note):
            raise ValueError(f"a note's id is 32 hexadecimal digits, not {note!r}")
        created = self._store.create(note)
        self._send({"saved": number, "note": note}, session_id)
        if created:
            self._send({"note": self._store.note(note)})

    def _update(self, note: str, number: int, payload: bytes, session_id: str) -> None:
        # A note that was deleted for good keeps nothing; the page need not send the update again.
        sequence = self._store.add(note, payload) if self._store.exists(note) else None
        self._send({"saved": number, "note": note}, session_id)
        if sequence is None:
            return
        if len(payload) > PART_BYTES:
            # The others fetch it at their own pace, if they have the note open.
            self._services.send(json.dumps({"changed": note}), except_session_id=session_id)
        else:
            self._services.send(pack(UPDATE, note, sequence, payload), except_session_id=session_id)
        if self._store.count(note) % COMPACT_AT == 0:
            # Only a page can merge updates. This one has received all of them up to this number.
            self._compacting[note] = (session_id, sequence)
            self._send({"compact": note, "number": sequence}, session_id)

    def _text(self, note: str, text: str) -> None:
        if self._store.set_text(note, text):
            changed = self._store.note(note)
            if changed is not None:
                self._send({"note": changed})

    def _add_image(self, note: str, number: int, payload: bytes, session_id: str) -> None:
        kind = next((kind for start, kind in IMAGE_TYPES.items() if re.match(start, payload, re.DOTALL)), None)
        name = None if kind is None else self._store.add_image(kind, payload)
        self._send({"image": name, "note": note, "number": number}, session_id)

    def _image(self, path: Headers, query: Headers, headers: Headers, body: bytes) -> Answer:
        found = self._store.image(path["name"])
        if found is None:
            return 404, b"no such image", "text/plain", {}
        return 200, found[1], found[0], {"Cache-Control": "private, max-age=31536000, immutable"}

    def _count_parts(self, request: dict[str, Any], session_id: str) -> None:
        self._send({"export": len(parts(self._store))}, session_id)

    def _export(self, path: Headers, query: Headers, headers: Headers, body: bytes) -> Answer:
        found = parts(self._store)
        part = query.get("part", "1" if len(found) == 1 else "")
        if part not in [str(number) for number in range(1, len(found) + 1)]:
            text = f"The notes are too large for one file. Fetch export.zip?part=1 to export.zip?part={len(found)}."
            return 413, text.encode(), "text/plain", {}
        name = "notes.zip" if len(found) == 1 else f"notes {part} of {len(found)}.zip"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return 200, archive(self._store, found[int(part) - 1]), "application/zip", disposition

    def _send(self, message: dict[str, Any], session_id: str | None = None) -> None:
        self._services.send(json.dumps(message), for_session_id=session_id)
