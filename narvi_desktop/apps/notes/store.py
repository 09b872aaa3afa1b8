"""The notes in SQLite: updates of the shared documents, their plain text, and images."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import time
import uuid
from pathlib import Path
from typing import Any

from text import fold, well_formed

_SCHEMA = """
create table if not exists notes (id text primary key, title text, text text, changed real, deleted real);
create table if not exists updates (seq integer primary key autoincrement, note text, data blob);
create index if not exists updates_of on updates (note, seq);
create table if not exists received (digest blob primary key, at real) without rowid;
create table if not exists images (name text primary key, type text, data blob);
"""
# Of later versions: what search compares; since when no note shows an image.
_COLUMNS = (("notes", "folded", "text"), ("images", "unseen", "real"))
_SUMMARY = "select id, title, substr(text, 1, 200), changed from notes"
_KEYS = ("id", "title", "start", "changed")
_IMAGE = re.compile(r"image/([0-9a-f]{32}\.\w+)")
DAY = 86400
KEPT = 30 * DAY  # seconds that what was deleted can be had back


class Store:
    """Every method commits before it returns."""

    def __init__(self, folder: str) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(str(Path(folder) / "notes.sqlite"), isolation_level=None)
        self._database.execute("pragma journal_mode = wal")
        # A power cut, too, must not take what a page was told is saved.
        self._database.execute("pragma synchronous = full")
        self._database.executescript(_SCHEMA)
        self._upgrade()
        self.forget()

    def close(self) -> None:
        self._database.close()

    def notes(self) -> list[dict[str, Any]]:
        """Return id, title, first words and time of change of all notes, the newest first."""
        return self._summaries("where deleted is null order by changed desc")

    def note(self, note: str) -> dict[str, Any] | None:
        return next(iter(self._summaries("where deleted is null and id = ?", note)), None)

    def deleted(self) -> list[dict[str, Any]]:
        """Return the notes that can be restored, the last deleted first."""
        return self._summaries("where deleted is not null order by deleted desc")

    def text(self, note: str) -> str:
        row = self._database.execute("select text from notes where id = ?", (note,)).fetchone()
        return "" if row is None else str(row[0])

    def sizes(self) -> list[tuple[str, str, int]]:
        """Return id, title and bytes of text of all notes."""
        query = "select id, title, length(cast(text as blob)) from notes where deleted is null order by changed desc"
        return self._database.execute(query).fetchall()

    def search(self, words: str) -> list[str]:
        """Return the ids of the notes that contain all of the words."""
        folded = fold(well_formed(words)).split()
        query = "select id from notes where deleted is null" + " and instr(folded, ?) > 0" * len(folded)
        return [row[0] for row in self._database.execute(query, folded)]

    def create(self, note: str) -> bool:
        """Make a note under the id that a page has chosen; return whether it is new."""
        query = "insert or ignore into notes (id, title, text, folded, changed) values (?, '', '', '', ?)"
        return self._database.execute(query, (note, time.time())).rowcount > 0

    def delete(self, note: str) -> None:
        """Hide a note; a month later it is deleted for good."""
        self._database.execute("update notes set deleted = ? where id = ? and deleted is null", (time.time(), note))

    def restore(self, note: str) -> None:
        self._database.execute("update notes set deleted = null where id = ?", (note,))

    def exists(self, note: str) -> bool:
        return self._database.execute("select 1 from notes where id = ?", (note,)).fetchone() is not None

    def add(self, note: str, data: bytes) -> int | None:
        """Keep an update; return its sequence number, or None if it was kept before."""
        digest = hashlib.blake2b(note.encode() + data, digest_size=16).digest()
        with self._transaction():
            known = "insert or ignore into received values (?, ?)"
            if self._database.execute(known, (digest, time.time())).rowcount == 0:
                return None
            query = "insert into updates (note, data) values (?, ?)"
            return int(self._database.execute(query, (note, data)).lastrowid or 0)

    def next_update(self, note: str, after: int) -> tuple[int, bytes] | None:
        """Return the first update with a higher number. What `compact` merges meanwhile has the number of the last."""
        row: tuple[int, bytes] | None
        query = "select seq, data from updates where note = ? and seq > ? order by seq limit 1"
        row = self._database.execute(query, (note, after)).fetchone()
        return row

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
        text = well_formed(text)
        title = next((line.strip("# \t") for line in text.splitlines() if line.strip("# \t")), "")[:120]
        values = (title, text, fold(text), time.time(), note, text)
        query = "update notes set title = ?, text = ?, folded = ?, changed = ? where id = ? and text <> ?"
        return self._database.execute(query, values).rowcount > 0

    def add_image(self, kind: str, data: bytes) -> str:
        name = uuid.uuid4().hex + "." + kind.partition("/")[2]
        self._database.execute("insert into images (name, type, data) values (?, ?, ?)", (name, kind, data))
        return name

    def image(self, name: str) -> tuple[str, bytes] | None:
        row: tuple[str, bytes] | None
        row = self._database.execute("select type, data from images where name = ?", (name,)).fetchone()
        return row

    def shown_images(self) -> list[tuple[str, int]]:
        """Return name and bytes of the images that a note shows which is not deleted."""
        shown = self._shown("deleted is null")
        found = self._database.execute("select name, length(data) from images order by rowid").fetchall()
        return [(name, size) for name, size in found if name in shown]

    def forget(self) -> None:
        """Remove for good what was deleted, and the images that no note has shown, for longer than KEPT."""
        now = time.time()
        with self._transaction():
            old = "(select id from notes where deleted < ?)"
            self._database.execute("delete from updates where note in " + old, (now - KEPT,))
            self._database.execute("delete from notes where id in " + old, (now - KEPT,))
            self._database.execute("delete from received where at < ?", (now - KEPT,))
            shown = self._shown("true")  # deleted notes come back with their images
            for name, unseen in self._database.execute("select name, unseen from images").fetchall():
                if (name in shown) != (unseen is None):
                    since = None if name in shown else now
                    self._database.execute("update images set unseen = ? where name = ?", (since, name))
            self._database.execute("delete from images where unseen < ?", (now - KEPT,))

    def _shown(self, condition: str) -> set[str]:
        texts = self._database.execute(f"select text from notes where instr(text, 'image/') > 0 and {condition}")
        return {name for (text,) in texts for name in _IMAGE.findall(text)}

    def _summaries(self, condition: str, *values: Any) -> list[dict[str, Any]]:
        rows = self._database.execute(f"{_SUMMARY} {condition}", values)
        return [dict(zip(_KEYS, row, strict=True)) for row in rows]

    def _upgrade(self) -> None:
        for table, column, kind in _COLUMNS:
            if column not in {row[1] for row in self._database.execute(f"pragma table_info({table})")}:
                self._database.execute(f"alter table {table} add column {column} {kind}")
        with self._transaction():
            rows = self._database.execute("select id, text from notes where folded is null").fetchall()
            folded = [(fold(text), note) for note, text in rows]
            self._database.executemany("update notes set folded = ? where id = ?", folded)

    def _transaction(self) -> sqlite3.Connection:
        """Begin a transaction; the context commits it, or rolls it back after an exception."""
        self._database.execute("begin immediate")
        return self._database
