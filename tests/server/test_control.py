"""The control API: bearer, POST and JSON only; what is odd is a 400."""

from __future__ import annotations

import json
import pathlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from narvi_desktop.control.errors import ControlError
from narvi_desktop.server.control import Control
from narvi_desktop.server.error_pages import ErrorPages
from narvi_desktop.server.gateway import Gateway
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.listener import Listener
from narvi_desktop.server.site import Sites
from narvi_desktop.settings import Settings
from narvi_desktop.state.names import SYSTEM
from narvi_desktop.state.ports import bind

LIMIT = 64 * 1024


async def echo(payload: dict[str, Any]) -> dict[str, Any]:
    return {"heard": payload}


async def refuse(payload: dict[str, Any]) -> dict[str, Any]:
    raise ControlError("not today", "because", exit_code=2)


async def break_down(payload: dict[str, Any]) -> dict[str, Any]:
    raise ZeroDivisionError("secret detail")


async def count(payload: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    for number in range(payload["up_to"]):
        yield {"number": number}


async def ask(
    path: str, body: bytes = b"{}", method: str = "POST", kind: str = "application/json"
) -> tuple[int, dict[str, Any]]:
    listener = Listener()
    sites = Sites(lambda workspace: bind(0), listener.add)
    control = Control({"echo": echo, "refuse": refuse, "break": break_down}, LIMIT, {"count": count})
    hub = Hub(Settings(), pathlib.Path())
    gateway = Gateway(hub, sites, listener, b"token", control.answer, ErrorPages())
    url = sites.of_workspace(SYSTEM).origin + path
    headers = {"Authorization": "Bearer token", "Content-Type": kind}
    try:
        client = aiohttp.ClientSession(headers=headers)
        async with client, client.request(method, url, data=body) as answer:
            text = await answer.text()
            lines = [json.loads(line) for line in text.splitlines()]
            return answer.status, lines[0] if len(lines) == 1 else {"lines": lines}
    finally:
        await gateway.close(1)


async def test_a_command_and_its_answer() -> None:
    assert await ask("/api/echo", b'{"a": 1}') == (200, {"schema": 1, "heard": {"a": 1}})


async def test_a_stream_is_a_document_a_line() -> None:
    assert await ask("/api/count", b'{"up_to": 3}') == (200, {"lines": [{"number": number} for number in range(3)]})
    assert (await ask("/api/count", b"["))[0] == 400
    assert (await ask("/api/count", method="GET"))[0] == 405


async def test_what_a_command_refuses_and_what_breaks() -> None:
    status, answer = await ask("/api/refuse")
    assert (status, answer["error"], answer["detail"], answer["exit_code"]) == (400, "not today", "because", 2)
    status, answer = await ask("/api/break")
    assert status == 500 and "ZeroDivisionError" in answer["error"] and "Traceback" not in json.dumps(answer)


@pytest.mark.parametrize("path", ["/api/nothing", "/api/echo/more"])
async def test_unknown_commands(path: str) -> None:
    assert (await ask(path))[0] == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_by_post_alone(method: str) -> None:
    assert (await ask("/api/echo", method=method))[0] == 405


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
async def test_json_alone(kind: str) -> None:
    assert (await ask("/api/echo", kind=kind))[0] == 405


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"a": 1} x',
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"[" * 60_000,
        b'{"a": "' + b"x" * (LIMIT - 8) + b'"}',
    ],
)
async def test_what_is_odd_or_above_the_limit_is_a_400(body: bytes) -> None:
    assert (await ask("/api/echo", body))[0] == 400


async def test_a_body_of_exactly_the_limit() -> None:
    status, answer = await ask("/api/echo", b'{"a": "' + b"x" * (LIMIT - 9) + b'"}')
    assert status == 200 and len(answer["heard"]["a"]) == LIMIT - 9
