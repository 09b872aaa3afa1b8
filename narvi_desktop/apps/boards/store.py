"""All boards in one SQLite file: a card that goes to another board goes in one transaction."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time
import unicodedata
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LANES = 3
LONGEST_TEXT, LONGEST_NAME = 10_000, 100
_SCHEMA = """
create table if not exists boards (id text primary key, name text, changed real, deleted real);
create table if not exists cards
    (id text primary key, board text, lane integer, place real, text text, deleted real);
create index if not exists cards_of on cards (board);
create table if not exists files (id text primary key, card text, name text, size integer, data blob);
create index if not exists files_of on files (card);
create table if not exists running (service text, id text, primary key (service, id)) without rowid;
"""
_CLOSEST = 1e-9  # between two places; then all of the lane get new ones


class Store:
    """Every method commits before it returns. Each process has a connection of its own."""

    def __init__(self, folder: str) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(str(Path(folder) / "boards.sqlite"), isolation_level=None, timeout=10)
        self._database.execute("pragma journal_mode = wal")
        # A power cut, too, must not take what a page was told is saved.
        self._database.execute("pragma synchronous = full")
        self._database.executescript(_SCHEMA)

    def close(self) -> None:
        self._database.close()

    # Instances.

    def set_running(self, service: str, service_id: str, running: bool) -> None:
        came, left = "insert or ignore into running values (?, ?)", "delete from running where service = ? and id = ?"
        self._do(came if running else left, service, service_id)

    def running(self, service: str) -> set[str]:
        """The ids of the instances that have started and not ended; after a kill, of some that have."""
        return {row[0] for row in self._database.execute("select id from running where service = ?", (service,))}

    # Boards.

    def boards(self) -> list[dict[str, Any]]:
        """The newest first; `open`: how many cards are not done."""
        query = """select id, name, changed,
            (select count(*) from cards where board = boards.id and deleted is null and lane < 2)
            from boards where deleted is null order by changed desc"""
        return [dict(zip(("id", "name", "changed", "open"), row, strict=True)) for row in self._database.execute(query)]

    def board(self, board: str) -> str | None:
        """Its name; None where there is none, or not any more."""
        row = self._one("select name from boards where id = ? and deleted is null", board)
        return None if row is None else str(row[0])

    def create(self, name: str) -> str:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]
        board = f"{slug}-{uuid.uuid4().hex[:6]}".strip("-")
        self._do("insert into boards values (?, ?, ?, null)", board, name[:LONGEST_NAME], time.time())
        return board

    def rename(self, board: str, name: str) -> None:
        self._do("update boards set name = ? where id = ?", name[:LONGEST_NAME], board)

    def set_deleted(self, board: str, deleted: bool) -> None:
        self._do("update boards set deleted = ? where id = ?", time.time() if deleted else None, board)

    # Cards.

    def cards(self, board: str) -> list[dict[str, Any]]:
        query = "select id, lane, place, text from cards where board = ? and deleted is null order by lane, place, id"
        return [self._card(row) for row in self._database.execute(query, (board,)).fetchall()]

    def card(self, board: str, card: str) -> dict[str, Any] | None:
        """None where the board has no such card."""
        query = "select id, lane, place, text from cards where board = ? and id = ? and deleted is null"
        row = self._one(query, board, card)
        return None if row is None else self._card(row)

    def add(self, board: str, card: str, lane: int, text: str) -> None:
        """At the end of a lane; a card that is known already stays as it is."""
        with self._at_once():
            place = self._one("select coalesce(max(place), 0) + 1 from cards where board = ? and lane = ?", board, lane)
            values = (card, board, lane, place[0], text[:LONGEST_TEXT])
            self._database.execute("insert or ignore into cards values (?, ?, ?, ?, ?, null)", values)
            self._touch(board)

    def write(self, board: str, card: str, text: str) -> None:
        self._change(board, card, "text = ?", text[:LONGEST_TEXT])

    def set_card_deleted(self, board: str, card: str, deleted: bool) -> None:
        self._change(board, card, "deleted = ?", time.time() if deleted else None)

    def move(self, board: str, card: str, lane: int, before: str | None) -> list[dict[str, Any]]:
        """Into a lane, in front of another card or to its end; returns the cards that have changed."""
        with self._at_once():
            others = [one for one in self.cards(board) if one["lane"] == lane and one["id"] != card]
            at = next((n for n, one in enumerate(others) if one["id"] == before), len(others))
            low = others[at - 1]["place"] if at else (others[0]["place"] - 2 if others else 0.0)
            high = others[at]["place"] if at < len(others) else low + 2
            moved = [card]
            if high - low < _CLOSEST:
                moved = [one["id"] for one in others]
                moved.insert(at, card)
                for place, one in enumerate(moved):
                    self._database.execute("update cards set place = ? where id = ?", (place, one))
                low = high = float(at)
            values = (lane, (low + high) / 2, board, card)
            self._database.execute("update cards set lane = ?, place = ? where board = ? and id = ?", values)
            self._touch(board)
        return [found for one in moved if (found := self.card(board, one)) is not None]

    def send(self, board: str, card: str, target: str) -> bool:
        """To the end of another board's first lane, with its files; whether both are there."""
        with self._at_once():
            if self.card(board, card) is None or self.board(target) is None or board == target:
                return False
            place = self._one("select coalesce(max(place), 0) + 1 from cards where board = ? and lane = 0", target)
            values = (target, place[0], card)
            self._database.execute("update cards set board = ?, lane = 0, place = ? where id = ?", values)
            self._touch(board)
            self._touch(target)
        return True

    # Files.

    def attach(self, board: str, card: str, name: str, data: bytes) -> bool:
        """Whether the board has such a card."""
        if self.card(board, card) is None:
            return False
        values = (uuid.uuid4().hex, card, name[:255], len(data), data)
        self._do("insert into files values (?, ?, ?, ?, ?)", *values)
        return True

    def file(self, board: str, file: str) -> tuple[str, bytes] | None:
        """Name and content of a file of one of the board's cards."""
        query = "select name, data from files where id = ? and card in (select id from cards where board = ?)"
        row = self._one(query, file, board)
        return None if row is None else (str(row[0]), bytes(row[1]))

    def detach(self, board: str, file: str) -> str | None:
        """Take a file off its card; the card."""
        query = "select card from files where id = ? and card in (select id from cards where board = ?)"
        row = self._one(query, file, board)
        if row is None:
            return None
        self._do("delete from files where id = ?", file)
        return str(row[0])

    def _card(self, row: tuple[Any, ...]) -> dict[str, Any]:
        card = dict(zip(("id", "lane", "place", "text"), row, strict=True))
        found = self._database.execute("select id, name, size from files where card = ? order by rowid", (row[0],))
        return {**card, "files": [dict(zip(("id", "name", "size"), one, strict=True)) for one in found.fetchall()]}

    def _change(self, board: str, card: str, what: str, value: Any) -> None:
        with self._at_once():
            self._database.execute(f"update cards set {what} where board = ? and id = ?", (value, board, card))
            self._touch(board)

    def _touch(self, board: str) -> None:
        self._database.execute("update boards set changed = ? where id = ?", (time.time(), board))

    def _one(self, query: str, *values: Any) -> Any:
        return self._database.execute(query, values).fetchone()

    def _do(self, query: str, *values: Any) -> None:
        self._database.execute(query, values)

    @contextlib.contextmanager
    def _at_once(self) -> Iterator[None]:
        """A transaction that no other process writes in between."""
        self._database.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._database.execute("rollback")
            raise
        self._database.execute("commit")
