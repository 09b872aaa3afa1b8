"""What every HTTP server of ours shares: headers, refusals, request limits, start and end."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from aiohttp.streams import StreamReader

from narvi_desktop.settings import Settings

from .listener import Listener
from .security import HEADERS, REFUSAL

logger = logging.getLogger("narvi_desktop.server")


class HttpServer:
    """Subclasses decide in `answer` who is let in and what is answered."""

    refusal = REFUSAL

    def __init__(self, settings: Settings, listener: Listener) -> None:
        self._settings = settings
        self._listener = listener
        self._refusal_logged = 0.0
        self._refused_count = 0
        self._server = web.Server(
            self.handle,
            request_factory=self._make_request,
            keepalive_timeout=settings.stand_still,
            access_log=None,
            handler_cancellation=True,
        )
        listener.serve(self._server)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Authorize and route one request."""
        raise NotImplementedError

    def stop_accepting(self) -> None:
        """Close the listening sockets; what is connected stays."""
        self._listener.stop_accepting()

    async def close(self, timeout: float) -> None:
        """Stop accepting and close what is connected."""
        await self._listener.close(timeout)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Authorize, route and answer one request, with the security headers that every response has."""
        response = await self.answer(request)
        if not response.prepared:
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    def refuse(self, request: web.BaseRequest) -> web.Response:
        """Answer 403 without reading the body; logged once a second at most."""
        self._refused_count += 1
        now = time.monotonic()
        if now - self._refusal_logged >= 1:
            logger.warning("refused %d requests", self._refused_count)
            self._refusal_logged, self._refused_count = now, 0
        response = web.Response(status=403, body=self.refusal, content_type="text/plain")
        # A body that nobody will read is not waited for.
        response.force_close()
        return response

    def _make_request(
        self,
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: Any,
        writer: AbstractStreamWriter,
        task: asyncio.Task[None],
    ) -> web.BaseRequest:
        limit = self._settings.request_body_limit
        loop = asyncio.get_running_loop()
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=limit)
