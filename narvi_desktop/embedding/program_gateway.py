"""The HTTP server of an embedding program: one origin for all its workspaces, redirects and the admin data."""

from __future__ import annotations

from urllib.parse import unquote

from aiohttp import web

from narvi_desktop.server.error_pages import ErrorPages
from narvi_desktop.server.http_server import HttpServer
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.listener import Listener
from narvi_desktop.server.routes import AppRoutes, not_found, split_path

from .access import REFUSAL, Access

_NO_STORE = {"Cache-Control": "no-store"}


class ProgramGateway(HttpServer):
    """Answers redirects, then the admin path, then the apps below the base path.

    Args:
        redirects: from a whole path to another one; the program may add to it.
    """

    refusal = REFUSAL

    def __init__(
        self,
        hub: Hub,
        listener: Listener,
        access: Access,
        base_path: str,
        admin_path: str | None,
        redirects: dict[str, str],
    ) -> None:
        self._hub = hub
        self._access = access
        self._base = [part for part in base_path.split("/") if part]
        self._admin_path = admin_path
        self._redirects = redirects
        self._apps = AppRoutes(hub, ErrorPages())
        super().__init__(hub.settings, listener)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Authorize and route one request."""
        if not request.raw_path.startswith("/") or self._access.refuses(request):
            return self.refuse(request)
        if not self._access.has_credential(request):
            location = self._access.without_token(request)
            if location is None:
                return self.refuse(request)
            # The token leaves the address at once: neither the history nor a Referer keeps it.
            headers = {"Location": location, "Set-Cookie": self._access.cookie(), **_NO_STORE}
            return web.Response(status=303, headers=headers)
        path, _, query = request.raw_path.partition("?")
        path = unquote(path)
        if path in self._redirects:
            location = self._redirects[path] + (f"?{query}" if query else "")
            return web.Response(status=302, headers={"Location": location, **_NO_STORE})
        if path == self._admin_path:
            if request.method not in ("GET", "HEAD"):
                return web.Response(status=405, headers={"Allow": "GET, HEAD"})
            return web.json_response(self._hub.admin_data(), headers=_NO_STORE)
        segments = split_path(request.raw_path)
        if segments is None or segments[: len(self._base)] != self._base:
            return not_found()
        return await self._apps.answer(request, segments[len(self._base) :])
