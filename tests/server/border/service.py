"""An app that is attacked, and one that attacks: its page tries every way that a browser has."""

from __future__ import annotations

import pathlib
from typing import Any


class Vault:
    """Notes each touch of its request services and sockets in a file."""

    def __init__(self, services: Any, folder: str) -> None:
        self.touched = pathlib.Path(folder, "touched.txt")
        services.add_session_open_listener(lambda *_: self.touch("session"))
        services.add_message_listener(lambda message, _: self.touch("message"))
        for method in ("GET", "POST", "PUT", "DELETE"):
            services.create_request_service("vault", "secret", self.answer, method)

    def answer(self, path: Any, query: Any, headers: Any, body: bytes) -> Any:
        self.touch("request")
        return 200, b"SECRET", "text/plain", {}

    def touch(self, what: str) -> None:
        with self.touched.open("a") as file:
            file.write(what + "\n")


class Burglar:
    """Its service id says what to attack: PORT-WORKSPACE. What its page reports is kept in a file."""

    def __init__(self, services: Any, folder: str) -> None:
        self.report = pathlib.Path(folder, f"{services.get_service_id()}.json")
        services.create_request_service("burglar", "go", self.go)
        services.add_message_listener(self.keep)

    def go(self, path: Any, query: Any, headers: Any, body: bytes) -> Any:
        return 302, b"", "text/plain", {"Location": query["to"]}

    def keep(self, message: str, session_id: str) -> None:
        new = self.report.with_suffix(".new")
        new.write_text(message)
        new.replace(self.report)
