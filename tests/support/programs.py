"""A NarviServer that runs on a thread of the test, and a small HTTP client without cookies or redirects."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import aiohttp

from narvi_desktop import NarviServer
from tests.support.waiting import PATIENCE


class Answer(NamedTuple):
    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def text(self) -> str:
        return self.body.decode()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait for what other threads do."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "the condition never came"
        time.sleep(0.01)


class Program:
    """What a program does with its server."""

    def __init__(self, **options: Any) -> None:
        self.port = free_port()
        self.server = NarviServer(port=self.port, **options)
        self.thread: threading.Thread | None = None

    def start(self) -> None:
        ready = threading.Event()
        self.thread = threading.Thread(target=self.server.run, args=(ready.set,))
        self.thread.start()
        assert ready.wait(PATIENCE)

    def close(self) -> None:
        self.server.close()
        if self.thread is not None:
            self.thread.join(PATIENCE)
            assert not self.thread.is_alive()

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, names)
            response = connection.getresponse()
            return Answer(response.status, response.read(), {name.lower(): v for name, v in response.getheaders()})
        finally:
            connection.close()

    def instances(self, name: str, workspace: str = "w") -> dict[str, Any]:
        found: dict[str, Any] = self.server.get_service_statuses(workspace)[name]["instances"]
        return found

    async def talk(self, path: str, *messages: str | bytes) -> list[Any]:
        """Connect as a page, send, and return the greeting and as many answers."""
        url = f"http://localhost:{self.port}{path}"
        async with aiohttp.ClientSession() as client, client.ws_connect(url) as page:
            answers: list[Any] = [json.loads(await page.receive_str(timeout=PATIENCE))]
            for message in messages:
                await (page.send_str(message) if isinstance(message, str) else page.send_bytes(message))
                answers.append((await page.receive(timeout=PATIENCE)).data)
            return answers
