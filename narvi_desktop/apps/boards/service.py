"""One board, shared by all who look at it; and the directory of all boards."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from store import LANES, Store

from narvi_desktop import WebAppServices

MOST_BYTES = 25 * 1024 * 1024
_CARD = re.compile(r"[0-9a-f-]{8,64}")
Answer = tuple[int, bytes, str, dict[str, str]]


class Board:
    """Pages send operations with a number of theirs and are told when each is on the disk."""

    def __init__(self, services: WebAppServices, folder: str) -> None:
        self._services = services
        self._store = Store(folder)
        self._neighbours = Neighbours(services, self._store, "boards")
        self._board = services.get_service_id()
        self._actions: dict[str, Callable[[dict[str, Any]], None]] = {
            "add": self._add,
            "write": self._write,
            "delete": lambda asked: self._set_deleted(asked, True),
            "restore": lambda asked: self._set_deleted(asked, False),
            "move": self._move,
            "send": self._send,
            "detach": self._detach,
        }
        services.add_session_open_listener(self.welcome)
        services.add_message_listener(self.on_message)
        services.add_app_close_listener(self._neighbours.leave)
        services.set_app2app_message_callback(self.on_app_message)

    def welcome(self, app_name: str, session_id: str, query: dict[str, str], headers: dict[str, str]) -> None:
        self._neighbours.enter()
        # A page's own: who is not in this session has no way to them.
        create = self._services.create_request_service
        _, files = create("boards", "files/$file", self._file, "GET", session_id)
        _, attach = create("boards", "attach/$card", self._attach, "POST", session_id)
        self._tell_all(session_id, files=files, attach=attach)

    def on_message(self, message: str | bytes, session_id: str) -> None:
        asked = json.loads(message)
        action = self._actions.get(asked.get("do"))
        if action is not None and _CARD.fullmatch(str(asked.get("card"))):
            action(asked)
            self._neighbours.tell("directory", "main", {})
        # Also what was refused is settled: sent again it would be refused again.
        self._services.send(json.dumps({"action": "done", "number": asked.get("number")}), for_session_id=session_id)

    def on_app_message(self, workspace: str, service: str, service_id: str, data: Any) -> None:
        """From another board: a card has come; from the directory: the board has a new name, or is gone."""
        if data.get("card"):
            self._tell_cards(data["card"])
        else:
            self._tell_all(None)

    # What pages do.

    def _add(self, asked: dict[str, Any]) -> None:
        if self._store.board(self._board) is not None:
            self._store.add(self._board, asked["card"], _lane(asked), str(asked.get("text", "")))
        self._tell_cards(asked["card"])

    def _write(self, asked: dict[str, Any]) -> None:
        self._store.write(self._board, asked["card"], str(asked.get("text", "")))
        self._tell_cards(asked["card"])

    def _set_deleted(self, asked: dict[str, Any], deleted: bool) -> None:
        self._store.set_card_deleted(self._board, asked["card"], deleted)
        self._tell_cards(asked["card"])

    def _move(self, asked: dict[str, Any]) -> None:
        before = asked.get("before")
        moved = self._store.move(self._board, asked["card"], _lane(asked), before if isinstance(before, str) else None)
        self._say(None, "cards", cards=moved, gone=[])

    def _send(self, asked: dict[str, Any]) -> None:
        target = str(asked.get("to"))
        if self._store.send(self._board, asked["card"], target):
            # Not running, it finds the card when it starts.
            self._neighbours.tell("boards", target, {"card": asked["card"]})
        self._tell_cards(asked["card"])

    def _detach(self, asked: dict[str, Any]) -> None:
        if self._store.detach(self._board, str(asked.get("file"))) is not None:
            self._tell_cards(asked["card"])

    # Files.

    def _attach(self, path: dict[str, str], query: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        if len(body) > MOST_BYTES:
            return 413, b"A file may have at most 25 MB.", "text/plain", {}
        name = query.get("name") or "file"
        if not self._store.attach(self._board, path["card"], name, body):
            return 404, b"The card is gone.", "text/plain", {}
        self._tell_cards(path["card"])
        return 204, b"", "text/plain", {}

    def _file(self, path: dict[str, str], query: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        found = self._store.file(self._board, path["file"])
        if found is None:
            return 404, b"This file is gone.", "text/plain", {}
        # Never as what it says it is: a page that was attached must not run as one of ours. RFC 6266, RFC 8187.
        disposition = f"attachment; filename*=UTF-8''{quote(found[0], safe='')}"
        return 200, found[1], "application/octet-stream", {"Content-Disposition": disposition}

    # What pages are told.

    def _tell_cards(self, card: str) -> None:
        found = self._store.card(self._board, card)
        self._say(None, "cards", cards=[found] if found else [], gone=[] if found else [card])

    def _tell_all(self, session_id: str | None, **more: Any) -> None:
        boards = [{"id": one["id"], "name": one["name"]} for one in self._store.boards() if one["id"] != self._board]
        name = self._store.board(self._board)
        cards = [] if name is None else self._store.cards(self._board)
        self._say(session_id, "all", board=self._board, name=name, cards=cards, boards=boards, **more)

    def _say(self, session_id: str | None, action: str, **values: Any) -> None:
        self._services.send(json.dumps({"action": action, **values}), for_session_id=session_id)


class Directory:
    """All boards: made, renamed, deleted and brought back."""

    def __init__(self, services: WebAppServices, folder: str) -> None:
        self._services = services
        self._store = Store(folder)
        self._neighbours = Neighbours(services, self._store, "directory")
        services.add_session_open_listener(self.welcome)
        services.add_message_listener(self.on_message)
        services.add_app_close_listener(self._neighbours.leave)
        services.set_app2app_message_callback(lambda workspace, service, service_id, data: self._tell(None))

    def on_message(self, message: str | bytes, session_id: str) -> None:
        asked = json.loads(message)
        do, board, name = asked.get("do"), str(asked.get("board", "")), str(asked.get("name", "")).strip()
        if do == "create" and name:
            made = self._store.create(name)
            self._services.send(json.dumps({"action": "made", "board": made}), for_session_id=session_id)
        elif do == "rename" and name:
            self._store.rename(board, name)
        elif do in ("delete", "restore"):
            self._store.set_deleted(board, do == "delete")
        self._tell(None)
        # Each offers the others as places to send a card to; one that is deleted says so.
        self._neighbours.tell_all("boards", {})

    def welcome(self, app_name: str, session_id: str, query: dict[str, str], headers: dict[str, str]) -> None:
        self._neighbours.enter()
        self._tell(session_id)

    def _tell(self, session_id: str | None) -> None:
        text = json.dumps({"action": "boards", "boards": self._store.boards()})
        self._services.send(text, for_session_id=session_id)


class Neighbours:
    """The other instances that run. A message to one that does not would reach nobody, and stand in the monitor."""

    def __init__(self, services: WebAppServices, store: Store, service: str) -> None:
        self._services = services
        self._store = store
        self._service = service
        self.enter()

    def enter(self) -> None:
        """Be told from now on. Again at each session, in case a neighbour has taken this instance for dead."""
        self._store.set_running(self._service, self._services.get_service_id(), True)

    def leave(self) -> None:
        self._store.set_running(self._service, self._services.get_service_id(), False)
        self._store.close()

    def tell(self, service: str, service_id: str, data: dict[str, Any]) -> None:
        if service_id not in self._store.running(service):
            return
        if not self._services.send_to_app(self._services.get_workspace_id(), service, service_id, data):
            self._store.set_running(service, service_id, False)  # killed before it could leave

    def tell_all(self, service: str, data: dict[str, Any]) -> None:
        for service_id in self._store.running(service):
            self.tell(service, service_id, data)


def _lane(asked: dict[str, Any]) -> int:
    lane = asked.get("lane")
    return lane if isinstance(lane, int) and 0 <= lane < LANES else 0
