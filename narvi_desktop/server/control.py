"""The control API: JSON commands by POST, authorized by the bearer token."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from narvi_desktop.control.errors import ControlError, encode_error

from .security import HEADERS

logger = logging.getLogger("narvi_desktop.server")
Command = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
Stream = Callable[[dict[str, Any]], AsyncIterator[dict[str, Any]]]


class Control:
    """Answers ``/api/{command}``: a command with one JSON document, a stream with one a line until either side ends."""

    def __init__(self, commands: Mapping[str, Command], body_limit: int, streams: Mapping[str, Stream]) -> None:
        self._commands = commands
        self._streams = streams
        self._body_limit = body_limit

    async def answer(self, request: web.BaseRequest, segments: list[str]) -> web.StreamResponse:
        name = segments[0] if len(segments) == 1 else ""
        command, stream = self._commands.get(name), self._streams.get(name)
        if command is None and stream is None:
            return _error("no such command", 404)
        if request.method != "POST" or request.content_type != "application/json":
            return _error("send JSON by POST", 405)
        payload = await self._payload(request)
        if payload is None:
            return _error("the body is not a JSON object of at most 64 KiB", 400)
        if command is None:
            assert stream is not None
            return await _lines(request, stream(payload))
        try:
            answer = await command(payload)
        except ControlError as error:
            return web.json_response({"schema": 1, **encode_error(error)}, status=error.status)
        except Exception as error:  # a fault of ours: its traceback belongs into the log, not onto the wire
            logger.exception("the command %s failed", segments[0])
            return _error(f"narvi-desktop failed in {segments[0]}: {error!r}; its log says more", 500)
        return web.json_response({"schema": 1, **answer}, headers={"Cache-Control": "no-store"})

    async def _payload(self, request: web.BaseRequest) -> dict[str, Any] | None:
        if (request.content_length or 0) > self._body_limit:
            return None
        body = b""
        async for chunk in request.content.iter_chunked(self._body_limit):
            body += chunk
            if len(body) > self._body_limit:
                return None
        try:
            payload = json.loads(body)
        except (ValueError, RecursionError):
            return None
        return payload if isinstance(payload, dict) else None


async def _lines(request: web.BaseRequest, documents: AsyncIterator[dict[str, Any]]) -> web.StreamResponse:
    kind = {"Content-Type": "application/x-ndjson", "Cache-Control": "no-store"}
    response = web.StreamResponse(headers={**HEADERS, **kind})
    await response.prepare(request)
    # A reader that goes is no news: its generator ends where it stands.
    with contextlib.suppress(ConnectionError):
        async for document in documents:
            await response.write(json.dumps(document).encode() + b"\n")
    return response


def _error(message: str, status: int) -> web.Response:
    return web.json_response({"schema": 1, "error": message}, status=status)
