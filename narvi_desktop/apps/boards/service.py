"""One board, shared by all who look at it; and the directory of all boards."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from store import LANES, Store

from narvi_desktop import WebAppServices

FILE_LIMIT = 25 * 1024 * 1024
_CARD = re.compile(r"[0-9a-f-]{8,64}")
Answer = tuple[int, bytes, str, dict[str, str]]


class Board:
    """One board. Pages number their operations, and get the number back when an operation is saved."""

    def __init__(self, services: WebAppServices, folder: str) -> None:
        self._services = services
        self._store = Store(folder)
        self._neighbours = Neighbours(services, self._store, "boards")
        self._board = services.get_service_id()
        self._actions: dict[str, Callable[[dict[str, Any]], None]] = {
            "add": self._add,
            "write": self._write,
            "delete": lambda request: self._set_deleted(request, True),
            "restore": lambda request: self._set_deleted(request, False),
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
        # Bound to the session: no other page can fetch these files.
        create = self._services.create_request_service
        _, files = create("boards", "files/$file", self._file, "GET", session_id)
        _, attach = create("boards", "attach/$card", self._attach, "POST", session_id)
        self._send_all(session_id, files=files, attach=attach)

    def on_message(self, message: str | bytes, session_id: str) -> None:
        request = json.loads(message)
        action = self._actions.get(request.get("do"))
        if action is not None and _CARD.fullmatch(str(request.get("card"))):
            action(request)
            self._neighbours.notify("directory", "main", {})
        # An operation that was refused is done too: it would be refused again.
        self._services.send(json.dumps({"action": "done", "number": request.get("number")}), for_session_id=session_id)

    def on_app_message(self, workspace: str, service: str, service_id: str, data: Any) -> None:
        """Handle a card that another board has sent, or a change of this board by the directory."""
        if data.get("card"):
            self._send_cards(data["card"])
        else:
            self._send_all(None)

    # Operations of pages.

    def _add(self, request: dict[str, Any]) -> None:
        if self._store.board(self._board) is not None:
            self._store.add(self._board, request["card"], _lane(request), str(request.get("text", "")))
        self._send_cards(request["card"])

    def _write(self, request: dict[str, Any]) -> None:
        self._store.write(self._board, request["card"], str(request.get("text", "")))
        self._send_cards(request["card"])

    def _set_deleted(self, request: dict[str, Any], deleted: bool) -> None:
        self._store.set_card_deleted(self._board, request["card"], deleted)
        self._send_cards(request["card"])

    def _move(self, request: dict[str, Any]) -> None:
        before = request["before"] if isinstance(request.get("before"), str) else None
        moved = self._store.move(self._board, request["card"], _lane(request), before)
        self._send_action(None, "cards", cards=moved, gone=[])

    def _send(self, request: dict[str, Any]) -> None:
        target = str(request.get("to"))
        if self._store.send(self._board, request["card"], target):
            # A board that does not run finds the card when it starts.
            self._neighbours.notify("boards", target, {"card": request["card"]})
        self._send_cards(request["card"])

    def _detach(self, request: dict[str, Any]) -> None:
        if self._store.detach(self._board, str(request.get("file"))) is not None:
            self._send_cards(request["card"])

    # Files.

    def _attach(self, path: dict[str, str], query: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        if len(body) > FILE_LIMIT:
            return 413, b"A file may have at most 25 MB.", "text/plain", {}
        name = query.get("name") or "file"
        if not self._store.attach(self._board, path["card"], name, body):
            return 404, b"The card is gone.", "text/plain", {}
        self._send_cards(path["card"])
        return 204, b"", "text/plain", {}

    def _file(self, path: dict[str, str], query: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        found = self._store.file(self._board, path["file"])
        if found is None:
            return 404, b"This file is gone.", "text/plain", {}
        # Always as a download: an HTML file that was attached must not run as a page of this site. RFC 6266, RFC 8187.
        disposition = f"attachment; filename*=UTF-8''{quote(found[0], safe='')}"
        return 200, found[1], "application/octet-stream", {"Content-Disposition": disposition}

    # Messages to pages.

    def _send_cards(self, card: str) -> None:
        found = self._store.card(self._board, card)
        self._send_action(None, "cards", cards=[found] if found else [], gone=[] if found else [card])

    def _send_all(self, session_id: str | None, **more: Any) -> None:
        boards = [
            {"id": board["id"], "name": board["name"]} for board in self._store.boards() if board["id"] != self._board
        ]
        name = self._store.board(self._board)
        cards = [] if name is None else self._store.cards(self._board)
        self._send_action(session_id, "all", board=self._board, name=name, cards=cards, boards=boards, **more)

    def _send_action(self, session_id: str | None, action: str, **values: Any) -> None:
        self._services.send(json.dumps({"action": action, **values}), for_session_id=session_id)


class Directory:
    """The list of all boards: makes, renames, deletes and restores them."""

    def __init__(self, services: WebAppServices, folder: str) -> None:
        self._services = services
        self._store = Store(folder)
        self._neighbours = Neighbours(services, self._store, "directory")
        services.add_session_open_listener(self.welcome)
        services.add_message_listener(self.on_message)
        services.add_app_close_listener(self._neighbours.leave)
        services.set_app2app_message_callback(lambda workspace, service, service_id, data: self._send_boards(None))

    def on_message(self, message: str | bytes, session_id: str) -> None:
        request = json.loads(message)
        do, board, name = request.get("do"), str(request.get("board", "")), str(request.get("name", "")).strip()
        if do == "create" and name:
            made = self._store.create(name)
            self._services.send(json.dumps({"action": "made", "board": made}), for_session_id=session_id)
        elif do == "rename" and name:
            self._store.rename(board, name)
        elif do in ("delete", "restore"):
            self._store.set_deleted(board, do == "delete")
        self._send_boards(None)
        # Each board offers the others as targets for its cards.
        self._neighbours.notify_all("boards", {})

    def welcome(self, app_name: str, session_id: str, query: dict[str, str], headers: dict[str, str]) -> None:
        self._neighbours.enter()
        self._send_boards(session_id)

    def _send_boards(self, session_id: str | None) -> None:
        text = json.dumps({"action": "boards", "boards": self._store.boards()})
        self._services.send(text, for_session_id=session_id)


class Neighbours:
    """The other instances that run. A message to one that does not run would only show as lost in the monitor."""

    def __init__(self, services: WebAppServices, store: Store, service: str) -> None:
        self._services = services
        self._store = store
        self._service = service
        self.enter()

    def enter(self) -> None:
        """Register this instance; at each session again, in case another instance has removed it."""
        self._store.set_running(self._service, self._services.get_service_id(), True)

    def leave(self) -> None:
        """Remove this instance, and close the store."""
        self._store.set_running(self._service, self._services.get_service_id(), False)
        self._store.close()

    def notify(self, service: str, service_id: str, data: dict[str, Any]) -> None:
        """Send data to an instance, if it runs."""
        if service_id not in self._store.running(service):
            return
        if not self._services.send_to_app(self._services.get_workspace_id(), service, service_id, data):
            self._store.set_running(service, service_id, False)  # it was killed

    def notify_all(self, service: str, data: dict[str, Any]) -> None:
        for service_id in self._store.running(service):
            self.notify(service, service_id, data)


def _lane(request: dict[str, Any]) -> int:
    lane = request.get("lane")
    return lane if isinstance(lane, int) and 0 <= lane < LANES else 0
