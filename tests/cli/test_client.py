"""Asking the runtime, where the runtime is one of the test's own."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from narvi_desktop.cli import client
from narvi_desktop.control.commands import RESTART, WATCH
from narvi_desktop.control.errors import ControlError, NotRunning, RuntimeLeaving
from narvi_desktop.control.requests import Target
from narvi_desktop.state.names import AppRef
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.record import Record, write_record

TARGET = Target(AppRef("notes"))


class FakeRuntime:
    """Answers every request with what the test has put here, and keeps what it got."""

    def __init__(self) -> None:
        self.status, self.body = 200, b"{}"
        self.requests: list[tuple[str, str | None, Any]] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fake.requests.append((self.path, self.headers["Authorization"], json.loads(body)))
                self.send_response(fake.status)
                self.end_headers()
                self.wfile.write(fake.body)

            def log_message(self, format: str, *arguments: object) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.record = Record("1.0", 1, f"http://127.0.0.1:{self.server.server_port}", "a token")


@pytest.fixture
def runtime() -> Iterator[FakeRuntime]:
    fake = FakeRuntime()
    thread = threading.Thread(target=fake.server.serve_forever, args=(0.01,))
    thread.start()
    yield fake
    fake.server.shutdown()
    thread.join()
    fake.server.server_close()


def test_a_command_is_sent_with_the_token_and_its_answer_is_typed(runtime: FakeRuntime) -> None:
    runtime.body = b'{"schema": 1, "restarted": 2, "message": "done"}'
    answer = client.call(runtime.record, RESTART, TARGET)
    assert (answer.restarted, answer.message) == (2, "done")
    request = {"app": "notes", "workspace": None, "service": None, "service_id": None}
    assert runtime.requests == [("/api/restart", "Bearer a token", request)]


def test_a_refusal_is_raised(runtime: FakeRuntime) -> None:
    runtime.status, runtime.body = 400, b'{"error": "no", "detail": "because", "exit_code": 2}'
    with pytest.raises(ControlError, match=r"^no$") as caught:
        client.call(runtime.record, RESTART, TARGET)
    assert (caught.value.detail, caught.value.exit_code) == ("because", 2)
    runtime.status, runtime.body = 503, b'{"error": "bye", "leaving": true}'
    with pytest.raises(RuntimeLeaving):
        client.call(runtime.record, RESTART, TARGET)


def test_an_answer_that_is_no_json_is_an_error_too(runtime: FakeRuntime) -> None:
    runtime.body = b"<html>"
    with pytest.raises(ControlError, match="did not answer"):
        client.call(runtime.record, RESTART, TARGET)


def test_a_stream_is_read_line_by_line(runtime: FakeRuntime) -> None:
    runtime.body = b'{"number": 1}\n{"number": 2}\n'
    assert [document["number"] for document in client.stream(runtime.record, WATCH)] == [1, 2]
    runtime.status = 403
    with pytest.raises(ControlError, match="refused to be watched"):
        next(client.stream(runtime.record, WATCH))


def test_where_nobody_listens_nothing_runs(paths: Paths) -> None:
    with pytest.raises(NotRunning):
        client.call_running(paths, RESTART, TARGET)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    write_record(paths.record, Record("1.0", 1, f"http://127.0.0.1:{port}", "a token"))
    with pytest.raises(NotRunning):
        client.call_running(paths, RESTART, TARGET)
