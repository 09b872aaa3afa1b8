"""The notes in SQLite: updates of the shared documents, their plain text, and images."""

from __future__ import annotations

import re
import sqlite3
import time
import uuid
from pathlib import Path
from typing import Any

_SCHEMA = """
create table if not exists notes (id text primary key, title text, text text, changed real, deleted real);
create table if not exists updates (seq integer primary key autoincrement, note text, data blob);
create index if not exists updates_of on updates (note, seq);
create table if not exists images (name text primary key, type text, data blob);
"""
_KEYS = ("id", "title", "start", "changed")


class Store:
    """Every method commits before it returns."""

    def __init__(self, folder: str) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(str(Path(folder) / "notes.sqlite"), isolation_level=None)
        self._database.execute("pragma journal_mode = wal")
        # What a page was told is saved must survive a power cut too.
        self._database.execute("pragma synchronous = full")
        self._database.executescript(_SCHEMA)
        self._forget()

    def close(self) -> None:
        self._database.close()

    def notes(self) -> list[dict[str, Any]]:
        """Return id, title, first words and time of change of all notes, the newest first."""
        query = "select id, title, substr(text, 1, 200), changed from notes where deleted is null order by changed desc"
        return [dict(zip(_KEYS, row, strict=True)) for row in self._database.execute(query)]

    def note(self, note: str) -> dict[str, Any] | None:
        query = "select id, title, substr(text, 1, 200), changed from notes where deleted is null and id = ?"
        row = self._database.execute(query, (note,)).fetchone()
        return None if row is None else dict(zip(_KEYS, row, strict=True))

    def texts(self) -> list[tuple[str, str]]:
        query = "select title, text from notes where deleted is null order by changed desc"
        return self._database.execute(query).fetchall()

    def search(self, words: str) -> list[str]:
        """Return the ids of the notes that contain all of the words."""
        query = "select id from notes where deleted is null"
        patterns = ["%" + re.sub(r"([\\%_])", r"\\\1", word) + "%" for word in words.split()]
        query += " and text like ? escape '\\'" * len(patterns)
        return [row[0] for row in self._database.execute(query, patterns)]

    def create(self) -> str:
        note = uuid.uuid4().hex
        self._database.execute("insert into notes values (?, '', '', ?, null)", (note, time.time()))
        return note

    def delete(self, note: str) -> None:
        """Hide a note; a month later it is deleted for good."""
        self._database.execute("update notes set deleted = ? where id = ?", (time.time(), note))

    def restore(self, note: str) -> None:
        self._database.execute("update notes set deleted = null where id = ?", (note,))

    def exists(self, note: str) -> bool:
        return self._database.execute("select 1 from notes where id = ?", (note,)).fetchone() is not None

    def add(self, note: str, data: bytes) -> int:
        """Keep an update; return its sequence number."""
        query = "insert into updates (note, data) values (?, ?)"
        return int(self._database.execute(query, (note, data)).lastrowid or 0)

    def updates(self, note: str) -> list[tuple[int, bytes]]:
        return self._database.execute("select seq, data from updates where note = ? order by seq", (note,)).fetchall()

    def count(self, note: str) -> int:
        (count,) = self._database.execute("select count(*) from updates where note = ?", (note,)).fetchone()
        return int(count)

    def compact(self, note: str, up_to: int, snapshot: bytes) -> None:
        """Replace the updates up to a number by one that contains them all."""
        with self._transaction():
            self._database.execute("delete from updates where note = ? and seq <= ?", (note, up_to))
            self._database.execute("insert into updates values (?, ?, ?)", (up_to, note, snapshot))

    def set_text(self, note: str, text: str) -> bool:
        """Set the text for list, search and export; return whether it has changed."""
        title = next((line.strip("# \t") for line in text.splitlines() if line.strip("# \t")), "")[:120]
        values = (title, text, time.time(), note, text)
        query = "update notes set title = ?, text = ?, changed = ? where id = ? and text <> ?"
        return self._database.execute(query, values).rowcount > 0

    def add_image(self, kind: str, data: bytes) -> str:
        name = uuid.uuid4().hex + "." + kind.partition("/")[2]
        self._database.execute("insert into images values (?, ?, ?)", (name, kind, data))
        return name

    def image(self, name: str) -> tuple[str, bytes] | None:
        row: tuple[str, bytes] | None
        row = self._database.execute("select type, data from images where name = ?", (name,)).fetchone()
        return row

    def images(self) -> list[tuple[str, bytes]]:
        return self._database.execute("select name, data from images").fetchall()

    def _forget(self) -> None:
        with self._transaction():
            old = "(select id from notes where deleted < ?)"
            month_ago = (time.time() - 30 * 86400,)
            self._database.execute("delete from updates where note in " + old, month_ago)
            self._database.execute("delete from notes where id in " + old, month_ago)

    def _transaction(self) -> sqlite3.Connection:
        """Begin a transaction; the context commits it, or rolls it back after an exception."""
        self._database.execute("begin immediate")
        return self._database
