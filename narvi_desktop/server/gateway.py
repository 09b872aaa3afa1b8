"""The outermost layer: every request, upgrades too, is authorized here before any route is looked at."""

from __future__ import annotations

import asyncio
import html
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from aiohttp.streams import StreamReader

from .error_pages import ErrorPages
from .hub import Hub
from .listener import Listener
from .routes import AppRoutes, not_found, split_path
from .security import HEADERS, REFUSAL, Verdict, authorize, comes_from_elsewhere, set_cookie
from .site import SYSTEM, Site, Sites

logger = logging.getLogger("narvi_desktop.server")
ControlHandler = Callable[[web.BaseRequest, list[str]], Awaitable[web.StreamResponse]]


class AuthorizedRequest(NamedTuple):
    """A request that is allowed: its site, its kind of credential, and its path's decoded segments."""

    http: web.BaseRequest
    site: Site
    verdict: Verdict
    segments: list[str]


class Gateway:
    """Serves the sites, each on its own socket.

    Args:
        listener: gets the sites' sockets.
        token: the bearer token of this run, as bytes.
        control: answers ``/api/…``; it gets bearer requests of the system workspace's site only.
    """

    def __init__(
        self,
        hub: Hub,
        sites: Sites,
        listener: Listener,
        token: bytes,
        control: ControlHandler,
        error_pages: ErrorPages,
    ) -> None:
        self.apps = AppRoutes(hub, error_pages)
        # By the first segment of a path.
        self.table: dict[str, Callable[[AuthorizedRequest], Awaitable[web.StreamResponse]]] = {
            "api": self._api,
            "narvi": self._app,
        }
        self._hub = hub
        self._sites = sites
        self._listener = listener
        self._token = token
        self._control = control
        self._refusal_logged = 0.0
        self._refused_count = 0
        self._server = web.Server(
            self.handle,
            request_factory=self._make_request,
            keepalive_timeout=hub.settings.stand_still,
            access_log=None,
            handler_cancellation=True,
        )
        listener.serve(self._server)

    def stop_accepting(self) -> None:
        """Close the listening sockets; what is connected stays."""
        self._listener.stop_accepting()

    async def close(self, timeout: float) -> None:
        """Stop accepting and close what is connected."""
        await self._listener.close(timeout)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Authorize, route and answer one request, with the security headers that every response has."""
        response = await self._authorized(request)
        if not response.prepared:
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    async def _authorized(self, request: web.BaseRequest) -> web.StreamResponse:
        site = self._site(request)
        verdict = "refused" if site is None else authorize(request, site, self._token)
        if site is None or verdict == "refused":
            return self._refuse(request)
        segments = split_path(request.raw_path)
        if verdict == "ticket":
            return self._redeem(request, site, segments)
        handler = self.table.get(segments[0]) if segments else None
        if segments is None or handler is None:
            return not_found()
        return await handler(AuthorizedRequest(request, site, verdict, segments[1:]))

    async def _api(self, request: AuthorizedRequest) -> web.StreamResponse:
        if request.verdict != "bearer" or request.site.workspace != SYSTEM:
            return self._refuse(request.http)
        return await self._control(request.http, request.segments)

    async def _app(self, request: AuthorizedRequest) -> web.StreamResponse:
        # Each workspace on its own port alone, or pages of two would share an origin.
        if request.segments[:1] != [request.site.workspace]:
            return self._refuse(request.http)
        return await self.apps.answer(request.http, request.segments)

    def _site(self, request: web.BaseRequest) -> Site | None:
        name = None if request.transport is None else request.transport.get_extra_info("sockname")
        return None if name is None else self._sites.on_port(name[1])

    def _redeem(self, request: web.BaseRequest, site: Site, segments: list[str] | None) -> web.Response:
        path = site.spend_ticket(segments[1]) if segments and len(segments) == 2 else None
        if path is None:
            return self._refuse(request)
        headers = {"Set-Cookie": set_cookie(site), "Cache-Control": "no-store"}
        if not comes_from_elsewhere(request):
            return web.Response(status=303, headers={**headers, "Location": path})
        # Behind a redirect the browser would still name the page that the link stood on, and be refused:
        # from here on the way is our own page's.
        hop = f'<!doctype html><meta http-equiv="refresh" content="0; url={html.escape(path)}"><title>Opening…</title>'
        return web.Response(text=hop, content_type="text/html", headers=headers)

    def _refuse(self, request: web.BaseRequest) -> web.Response:
        self._refused_count += 1
        now = time.monotonic()
        if now - self._refusal_logged >= 1:
            logger.warning("refused %d requests", self._refused_count)
            self._refusal_logged, self._refused_count = now, 0
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
