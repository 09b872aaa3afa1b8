"""The outermost layer: every request, upgrades too, is authorized here before any route is looked at."""

from __future__ import annotations

import html
import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

from narvi_desktop.state.names import SYSTEM

from .error_pages import ErrorPages
from .http_server import HttpServer
from .hub import Hub
from .listener import Listener
from .routes import AppRoutes, not_found, split_path
from .security import Verdict, authorize, comes_from_elsewhere, set_cookie
from .site import Site, Sites

logger = logging.getLogger("narvi_desktop.server")
ControlHandler = Callable[[web.BaseRequest, list[str]], Awaitable[web.StreamResponse]]


class AuthorizedRequest(NamedTuple):
    """A request that is allowed: its site, its kind of credential, and its path's decoded segments."""

    http: web.BaseRequest
    site: Site
    verdict: Verdict
    segments: list[str]


class Gateway(HttpServer):
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
        self._token = token
        self._control = control
        super().__init__(hub.settings, listener)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        site = self._site(request)
        verdict = "refused" if site is None else authorize(request, site, self._token)
        if site is None or verdict == "refused":
            return self.refuse(request)
        segments = split_path(request.raw_path)
        if verdict == "ticket":
            return self._redeem(request, site, segments)
        handler = self.table.get(segments[0]) if segments else None
        if segments is None or handler is None:
            return not_found()
        return await handler(AuthorizedRequest(request, site, verdict, segments[1:]))

    async def _api(self, request: AuthorizedRequest) -> web.StreamResponse:
        if request.verdict != "bearer" or request.site.workspace != SYSTEM:
            return self.refuse(request.http)
        return await self._control(request.http, request.segments)

    async def _app(self, request: AuthorizedRequest) -> web.StreamResponse:
        # Each workspace on its own port alone, or pages of two would share an origin.
        if request.segments[:1] != [request.site.workspace]:
            return self.refuse(request.http)
        return await self.apps.answer(request.http, request.segments)

    def _site(self, request: web.BaseRequest) -> Site | None:
        name = None if request.transport is None else request.transport.get_extra_info("sockname")
        return None if name is None else self._sites.on_port(name[1])

    def _redeem(self, request: web.BaseRequest, site: Site, segments: list[str] | None) -> web.Response:
        path = site.spend_ticket(segments[1]) if segments and len(segments) == 2 else None
        if path is None:
            return self.refuse(request)
        headers = {"Set-Cookie": set_cookie(site), "Cache-Control": "no-store"}
        if not comes_from_elsewhere(request):
            return web.Response(status=303, headers={**headers, "Location": path})
        # Behind a redirect the browser would still name the page that the link stood on, and be refused:
        # from here on the way is our own page's.
        hop = f'<!doctype html><meta http-equiv="refresh" content="0; url={html.escape(path)}"><title>Opening…</title>'
        return web.Response(text=hop, content_type="text/html", headers=headers)
