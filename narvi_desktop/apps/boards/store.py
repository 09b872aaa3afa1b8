"""All boards in one SQLite file, so that a card moves to another board in one transaction."""

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
TEXT_LIMIT, NAME_LIMIT = 10_000, 100
_SCHEMA = """
create table if not exists boards (id text primary key, name text, changed real, deleted real);
create table if not exists cards
    (id text primary key, board text, lane integer, place real, text text, deleted real);
create index if not exists cards_of on cards (board);
create table if not exists files (id text primary key, card text, name text, size integer, data blob);
create index if not exists files_of on files (card);
create table if not exists running (service text, id text, primary key (service, id)) without rowid;
"""
_MIN_DISTANCE = 1e-9  # between the places of two cards; below it all cards of the lane get new places


class Store:
    """Every method commits before it returns. Each process has a connection of its own."""

    def __init__(self, folder: str) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(str(Path(folder) / "boards.sqlite"), isolation_level=None, timeout=10)
        self._database.execute("pragma journal_mode = wal")
        # What a page was told is saved must survive a power cut too.
        self._database.execute("pragma synchronous = full")
        self._database.executescript(_SCHEMA)

    def close(self) -> None:
        self._database.close()

    # Instances.

    def set_running(self, service: str, service_id: str, running: bool) -> None:
        came, left = "insert or ignore into running values (?, ?)", "delete from running where service = ? and id = ?"
        self._do(came if running else left, service, service_id)

    def running(self, service: str) -> set[str]:
        """Return the ids of the instances that have started and not ended, or were killed."""
        return {row[0] for row in self._database.execute("select id from running where service = ?", (service,))}

    # Boards.

    def boards(self) -> list[dict[str, Any]]:
        """Return all boards, the newest first, each with the number of its cards that are not done."""
        query = """select id, name, changed,
            (select count(*) from cards where board = boards.id and deleted is null and lane < 2)
            from boards where deleted is null order by changed desc"""
        return [dict(zip(("id", "name", "changed", "open"), row, strict=True)) for row in self._database.execute(query)]

    def board(self, board: str) -> str | None:
        """Return the name of a board, or None where there is no such board."""
        row = self._fetch_one("select name from boards where id = ? and deleted is null", board)
        return None if row is None else str(row[0])

    def create(self, name: str) -> str:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]
        board = f"{slug}-{uuid.uuid4().hex[:6]}".strip("-")
        self._do("insert into boards values (?, ?, ?, null)", board, name[:NAME_LIMIT], time.time())
        return board

    def rename(self, board: str, name: str) -> None:
        self._do("update boards set name = ? where id = ?", name[:NAME_LIMIT], board)

    def set_deleted(self, board: str, deleted: bool) -> None:
        self._do("update boards set deleted = ? where id = ?", time.time() if deleted else None, board)

    # Cards.

    def cards(self, board: str) -> list[dict[str, Any]]:
        query = "select id, lane, place, text from cards where board = ? and deleted is null order by lane, place, id"
        return [self._card(row) for row in self._database.execute(query, (board,)).fetchall()]

    def card(self, board: str, card: str) -> dict[str, Any] | None:
        """Return a card, or None where the board has no such card."""
        query = "select id, lane, place, text from cards where board = ? and id = ? and deleted is null"
        row = self._fetch_one(query, board, card)
        return None if row is None else self._card(row)

    def add(self, board: str, card: str, lane: int, text: str) -> None:
        """Add a card at the end of a lane; a card that exists already stays as it is."""
        with self._transaction():
            query = "select coalesce(max(place), 0) + 1 from cards where board = ? and lane = ?"
            place = self._fetch_one(query, board, lane)
            values = (card, board, lane, place[0], text[:TEXT_LIMIT])
            self._database.execute("insert or ignore into cards values (?, ?, ?, ?, ?, null)", values)
            self._touch(board)

    def write(self, board: str, card: str, text: str) -> None:
        self._change(board, card, "text = ?", text[:TEXT_LIMIT])

    def set_card_deleted(self, board: str, card: str, deleted: bool) -> None:
        self._change(board, card, "deleted = ?", time.time() if deleted else None)

    def move(self, board: str, card: str, lane: int, before: str | None) -> list[dict[str, Any]]:
        """Move a card into a lane, in front of another card or to the end; return the cards that have changed."""
        with self._transaction():
            others = [other for other in self.cards(board) if other["lane"] == lane and other["id"] != card]
            at = next((index for index, other in enumerate(others) if other["id"] == before), len(others))
            low = others[at - 1]["place"] if at else (others[0]["place"] - 2 if others else 0.0)
            high = others[at]["place"] if at < len(others) else low + 2
            moved = [card]
            if high - low < _MIN_DISTANCE:
                moved = [other["id"] for other in others]
                moved.insert(at, card)
                for place, identity in enumerate(moved):
                    self._database.execute("update cards set place = ? where id = ?", (place, identity))
                low = high = float(at)
            values = (lane, (low + high) / 2, board, card)
            self._database.execute("update cards set lane = ?, place = ? where board = ? and id = ?", values)
            self._touch(board)
        return [found for identity in moved if (found := self.card(board, identity)) is not None]

    def send(self, board: str, card: str, target: str) -> bool:
        """Move a card with its files to another board; return whether both exist."""
        with self._transaction():
            if self.card(board, card) is None or self.board(target) is None or board == target:
                return False
            query = "select coalesce(max(place), 0) + 1 from cards where board = ? and lane = 0"
            place = self._fetch_one(query, target)
            values = (target, place[0], card)
            self._database.execute("update cards set board = ?, lane = 0, place = ? where id = ?", values)
            self._touch(board)
            self._touch(target)
        return True

    # Files.

    def attach(self, board: str, card: str, name: str, data: bytes) -> bool:
        """Attach a file to a card; return whether the board has such a card."""
        if self.card(board, card) is None:
            return False
        values = (uuid.uuid4().hex, card, name[:255], len(data), data)
        self._do("insert into files values (?, ?, ?, ?, ?)", *values)
        return True

    def file(self, board: str, file: str) -> tuple[str, bytes] | None:
        """Return name and content of a file of one of the board's cards."""
        query = "select name, data from files where id = ? and card in (select id from cards where board = ?)"
        row = self._fetch_one(query, file, board)
        return None if row is None else (str(row[0]), bytes(row[1]))

    def detach(self, board: str, file: str) -> str | None:
        """Delete a file; return the card that it was attached to."""
        query = "select card from files where id = ? and card in (select id from cards where board = ?)"
        row = self._fetch_one(query, file, board)
        if row is None:
            return None
        self._do("delete from files where id = ?", file)
        return str(row[0])

    def _card(self, row: tuple[Any, ...]) -> dict[str, Any]:
        card = dict(zip(("id", "lane", "place", "text"), row, strict=True))
        found = self._database.execute("select id, name, size from files where card = ? order by rowid", (row[0],))
        return {**card, "files": [dict(zip(("id", "name", "size"), file, strict=True)) for file in found.fetchall()]}

    def _change(self, board: str, card: str, what: str, value: Any) -> None:
        with self._transaction():
            self._database.execute(f"update cards set {what} where board = ? and id = ?", (value, board, card))
            self._touch(board)

    def _touch(self, board: str) -> None:
        self._database.execute("update boards set changed = ? where id = ?", (time.time(), board))

    def _fetch_one(self, query: str, *values: Any) -> Any:
        return self._database.execute(query, values).fetchone()

    def _do(self, query: str, *values: Any) -> None:
        self._database.execute(query, values)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """Run in a transaction, in which no other process can write."""
        self._database.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._database.execute("rollback")
            raise
        self._database.execute("commit")
