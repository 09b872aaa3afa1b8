"""The URL table of an app, as narvi-protocol says: pages, sockets, status, request services, files."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple
from urllib.parse import unquote

from aiohttp import WSMsgType, web

from narvi_desktop.settings import Settings
from narvi_desktop.state.names import SYSTEM
from narvi_desktop.worker.patterns import RESERVED

from .error_pages import ErrorPages, failure_page
from .errors import ServiceFailed, ServiceRefused
from .hub import Hub
from .instance import Instance
from .registry import App
from .request_services import Match
from .resources import respond
from .security import HEADERS, app_headers
from .session import SERVICE_FAILED, TEXT_OPCODE, Session, encode_message


class AppRequest(NamedTuple):
    """A request, and the app, service id and path below it that its URL names."""

    http: web.BaseRequest
    app: App
    service_id: str
    path: list[str]


class AppRoutes:
    """Answers everything below ``/narvi/{workspace}/{app}/``."""

    def __init__(self, hub: Hub, error_pages: ErrorPages) -> None:
        self._hub = hub
        self._settings: Settings = hub.settings
        self.error_pages = error_pages
        # What may stand after the service id, in the order of the protocol's table.
        self.table: dict[str, Callable[[AppRequest], Awaitable[web.StreamResponse]]] = {
            "index.html": self._page,
            "connect": self._connect,
            "status": self._status,
        }

    async def answer(self, request: web.BaseRequest, segments: list[str]) -> web.StreamResponse:
        """Answer a request whose path, without the base, has these decoded segments."""
        if segments[:2] == [SYSTEM, "broken"] and len(segments) == 4 and request.method in ("GET", "HEAD"):
            return await self.error_pages.answer(segments[2], request.query_string) or not_found()
        app = self._hub.apps.get((segments[0], segments[1])) if len(segments) > 2 else None
        if app is None:
            return not_found()
        if segments[2:] == ["index.html"]:
            return self._redirect_to_instance(app, request)
        service_id = segments[2]
        if len(segments) < 4 or service_id in RESERVED or len(service_id) > 64:
            return not_found()
        app_request = AppRequest(request, app, service_id, segments[3:])
        handler = self.table.get(segments[3]) if len(segments) == 4 else None
        if handler is None:
            return await self._file_or_request(app_request)
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        return await handler(app_request)

    def _redirect_to_instance(self, app: App, request: web.BaseRequest) -> web.Response:
        if app.service.fixed_service_id is not None:
            return redirect(f"{app.service.fixed_service_id}/index.html", request)
        if app.service_chooser is not None:
            return redirect(f"../{app.service_chooser}/index.html", request)
        return not_found()

    async def _page(self, request: AppRequest) -> web.StreamResponse:
        app = request.app
        try:
            await self._hub.acquire(app.service, request.service_id, for_session=False)
        except ServiceRefused:
            return redirect(f"../../{app.service_chooser}/index.html") if app.service_chooser else not_found()
        except ServiceFailed as error:
            return self._failure_page(app, error.detail)
        file = app.resources.find(request.path)
        return not_found() if file is None else respond(file)

    def _failure_page(self, app: App, detail: str) -> web.Response:
        log = self._hub.log_of(app.service)
        name = app.title or app.name
        return failure_page(
            name, f"The service of {name} could not start.", detail, f"{log.label}\n\n{log.tail()}"
        )

    async def _status(self, request: AppRequest) -> web.Response:
        instances = self._instances(request)
        if not instances:
            return not_found()
        count = sum(len(instance.sessions) for instance in instances)
        data = {"uptime": int(instances[0].uptime), "session_count": count}
        return web.json_response(data, headers={"Cache-Control": "no-store"})

    # Sockets.

    async def _connect(self, request: AppRequest) -> web.StreamResponse:
        if self._hub.session_count() >= self._settings.session_limit:
            return web.Response(status=503, text="Too many pages are connected; close some.")
        # aiohttp refuses a message of exactly max_msg_size. Pings are ours: its heartbeat kills a
        # session whose reading is paused.
        socket = web.WebSocketResponse(
            max_msg_size=self._settings.message_limit + 1, autoping=False, compress=False, timeout=2
        )
        socket.headers.update(HEADERS)
        if not socket.can_prepare(request.http):
            return web.Response(status=426, headers={"Upgrade": "websocket", "Connection": "Upgrade"})
        writer = await socket.prepare(request.http)
        try:
            instance = await self._hub.acquire(request.app.service, request.service_id, for_session=True)
        except ServiceRefused:
            # narvi.js knows this reason: the page loads anew, which leads to the chooser.
            await socket.close(code=SERVICE_FAILED, message=b"no such service id")
            return socket
        except ServiceFailed as error:
            reason = error.detail.strip().splitlines()[-1] if error.detail.strip() else "the service failed"
            await socket.close(code=SERVICE_FAILED, message=reason.encode()[:120])
            return socket
        session = Session(instance.next_session_number(), request.app.name, socket, self._settings)
        greeting = {
            "action": "session_connected",
            "session_id": session.session_id,
            "app_parameters": request.app.parameters,
        }
        session.put(encode_message(TEXT_OPCODE, json.dumps(greeting).encode()))
        transport = request.http.transport
        if transport is None or socket.closed:
            return socket
        session.connected(transport, writer)
        instance.open_session(session, query_parameters(request.http), app_headers(request.http))
        try:
            await self._receive(instance, session)
        finally:
            instance.close_session(session)
        await session.wait_closed()
        return socket

    async def _receive(self, instance: Instance, session: Session) -> None:
        session.reading = True
        while True:
            message = await session.socket.receive()
            session.last_heard = time.monotonic()
            if message.type is WSMsgType.TEXT:
                # An empty text is the client's heartbeat, and reaches no listener.
                if message.data:
                    await self._hand_over(instance, session, True, message.data.encode())
            elif message.type is WSMsgType.BINARY:
                await self._hand_over(instance, session, False, message.data)
            elif message.type is WSMsgType.PING:
                await session.socket.pong(message.data)
            elif message.type is not WSMsgType.PONG:
                return

    async def _hand_over(self, instance: Instance, session: Session, text: bool, body: bytes) -> None:
        session.reading = False
        await instance.message(session, text, body)
        session.reading = True

    # Request services and files.

    async def _file_or_request(self, request: AppRequest) -> web.StreamResponse:
        # A file wins over request services, as in Narvi: a pattern $name must not hide style.css.
        if request.http.method in ("GET", "HEAD"):
            file = request.app.resources.find(request.path)
            if file is not None:
                return respond(file)
        for instance in self._instances(request):
            match = self._match(instance, request)
            if match is not None:
                return await self._request(instance, match, request)
        if request.app.resources.find(request.path) is not None:
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        return not_found()

    def _instances(self, request: AppRequest) -> list[Instance]:
        """Return the running instances of a service id: one, or one for each session, the oldest first."""
        app = request.app
        if app.service.shared:
            instance = self._hub.running_instance(app.service.workspace, app.name, request.service_id)
            return [] if instance is None else [instance]
        instances = [
            instance
            for instance in self._hub.instances
            if instance.service is app.service and instance.service_id == request.service_id and instance.running
        ]
        return sorted(instances, key=lambda instance: instance.number)

    def _match(self, instance: Instance, request: AppRequest) -> Match | None:
        path, method, app = request.path, request.http.method, request.app.name
        if path[0] == "session" and len(path) > 2:
            return instance.requests.find(app, path[1], method, path[2:])
        return instance.requests.find(app, None, method, path)

    async def _request(self, instance: Instance, match: Match, request: AppRequest) -> web.StreamResponse:
        if match.handler_id is None:
            return web.Response(status=405, headers={"Allow": ", ".join(match.allowed)})
        try:
            body = await asyncio.wait_for(request.http.read(), self._settings.handler_timeout)
            query = query_parameters(request.http)
            headers = app_headers(request.http)
            frame = await instance.request(match.handler_id, match.parameters, query, headers, body)
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413, text="The request is above the limit.")
        except TimeoutError:
            return web.Response(status=504, text="The app did not answer in time.")
        except ServiceFailed:
            return web.Response(status=503, text="The service has ended.")
        return app_response(frame.head["status"], frame.head["type"], frame.head["headers"], frame.body)


FRAMING = frozenset({"content-length", "transfer-encoding", "connection", "content-encoding", "upgrade", "set-cookie"})


def app_response(status: int, mime_type: str, headers: dict[str, str], body: bytes) -> web.Response:
    """Build the response that an app returned; 500 if it would break the framing or open the app to other origins."""
    values = [mime_type, *headers, *headers.values()]
    unsafe = any(character in value for value in values for character in "\r\n\0")
    forbidden = any(name.lower() in FRAMING or name.lower().startswith("access-control-") for name in headers)
    if unsafe or forbidden:
        return web.Response(status=500, text="The app's answer has headers that cannot be sent.")
    try:
        return web.Response(status=status, body=body, headers={**headers, "Content-Type": mime_type})
    except (ValueError, TypeError, AssertionError):
        return web.Response(status=500, text="The app's answer cannot be sent.")


def split_path(raw_path: str) -> list[str] | None:
    """Split a path into decoded segments; None for a path that no URL of an app has."""
    path = raw_path.partition("?")[0]
    segments = [unquote(part, errors="replace") for part in path.split("/")[1:]]
    for segment in segments:
        odd = any(ord(character) < 32 or character in "/\\\x7f" for character in segment)
        if segment in ("", ".", "..") or odd:
            return None
    return segments


def redirect(location: str, request: web.BaseRequest | None = None) -> web.Response:
    """Redirect with 307 to a path relative to this one, with the query."""
    query = "" if request is None or not request.query_string else f"?{request.query_string}"
    return web.Response(status=307, headers={"Location": location + query, "Cache-Control": "no-store"})


def query_parameters(request: web.BaseRequest) -> dict[str, str]:
    """Return the query as str to str; of a name that stands twice the last value counts, as in Narvi."""
    return dict(request.query.items())


def not_found() -> web.Response:
    return web.Response(status=404, text="404: nothing here.\n", headers={"Cache-Control": "no-store"})
