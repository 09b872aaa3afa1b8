"""The outermost layer: every request, upgrades too, is judged here before any route is looked at."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from aiohttp.streams import StreamReader

from .hub import Hub
from .routes import AppRoutes, not_found, split_path
from .security import HEADERS, REFUSAL, judge, set_cookie
from .site import Site, Sites

logger = logging.getLogger("narvi_desktop.server")
ControlHandler = Callable[[web.BaseRequest, list[str]], Awaitable[web.StreamResponse]]


class Front:
    """Serves the sites.

    Args:
        token: the bearer token of this run, as bytes.
        control: answers ``/api/…``; it gets bearer requests only.
    """

    def __init__(self, hub: Hub, sites: Sites, token: bytes, control: ControlHandler) -> None:
        self.apps = AppRoutes(hub)
        self._hub = hub
        self._sites = sites
        self._token = token
        self._control = control
        self._refused_said = 0.0
        self._refused_count = 0
        self._server: web.Server | None = None
        self._listening: list[asyncio.Server] = []

    async def listen(self, sock: socket.socket) -> None:
        """Serve on a bound socket."""
        if self._server is None:
            settings = self._hub.settings
            self._server = web.Server(
                self.handle,
                request_factory=self._make_request,
                keepalive_timeout=settings.stand_still,
                access_log=None,
                handler_cancellation=True,
            )
        self._listening.append(await asyncio.get_running_loop().create_server(self._server, sock=sock))

    def stop_accepting(self) -> None:
        for server in self._listening:
            server.close()

    async def close(self, timeout: float) -> None:
        """Stop accepting and close what is connected."""
        self.stop_accepting()
        if self._server is not None:
            await self._server.shutdown(timeout)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request: judged, routed, and answered with the headers that every answer has."""
        response = await self._judged(request)
        if not response.prepared:
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    async def _judged(self, request: web.BaseRequest) -> web.StreamResponse:
        site = self._site(request)
        verdict = "refused" if site is None else judge(request, site, self._token)
        if site is None or verdict == "refused":
            return self._refuse(request)
        segments = split_path(request.raw_path)
        if verdict == "ticket":
            return self._spend(site, segments)
        if segments is None:
            return not_found()
        if segments[0] == "api":
            return await self._control(request, segments[1:]) if verdict == "bearer" else self._refuse(request)
        if segments[0] == "narvi":
            return await self.apps.answer(request, site, segments[1:])
        return not_found()

    def _site(self, request: web.BaseRequest) -> Site | None:
        name = None if request.transport is None else request.transport.get_extra_info("sockname")
        return None if name is None else self._sites.on_port(name[1])

    def _spend(self, site: Site, segments: list[str] | None) -> web.Response:
        path = site.spend_ticket(segments[1]) if segments and len(segments) == 2 else None
        if path is None:
            return web.Response(status=403, body=REFUSAL)
        headers = {"Location": path, "Set-Cookie": set_cookie(site), "Cache-Control": "no-store"}
        return web.Response(status=303, headers=headers)

    def _refuse(self, request: web.BaseRequest) -> web.Response:
        self._refused_count += 1
        now = time.monotonic()
        if now - self._refused_said >= 1:
            logger.warning("refused %d requests", self._refused_count)
            self._refused_said, self._refused_count = now, 0
        response = web.Response(status=403, body=REFUSAL, content_type="text/plain")
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
        limit = self._hub.settings.request_body_limit
        loop = asyncio.get_running_loop()
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=limit)


def bind(port: int) -> socket.socket:
    """A listening socket on this machine only. Raises OSError."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_REUSEADDR") and socket.SO_REUSEADDR and not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        sock.listen(128)
    except OSError:
        sock.close()
        raise
    return sock
