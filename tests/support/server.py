"""A server of the test's own, and the page's side of its sessions."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from narvi_desktop.server.error_pages import ErrorPages
from narvi_desktop.server.gateway import Gateway
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.listener import Listener
from narvi_desktop.server.monitoring import MonitoringLoop
from narvi_desktop.server.registry import Service
from narvi_desktop.server.site import Site, Sites
from narvi_desktop.settings import Settings
from narvi_desktop.state.ports import bind
from tests.support.waiting import PATIENCE

TOKEN = "a-token-of-the-tests"


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition of this process."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.005)


class Page:
    """A page's side of one session."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.session_id = ""
        self.parameters: dict[str, Any] = {}

    async def greet(self) -> Page:
        greeting = json.loads(await self.text())
        assert greeting["action"] == "session_connected"
        self.session_id, self.parameters = greeting["session_id"], greeting["app_parameters"]
        return self

    async def text(self) -> str:
        return await self.socket.receive_str(timeout=PATIENCE)

    async def bytes(self) -> bytes:
        return await self.socket.receive_bytes(timeout=PATIENCE)

    async def ask(self, do: str, *arguments: Any) -> Any:
        """Have the probe call something and answer with what came of it."""
        await self.socket.send_str(json.dumps([do, *arguments]))
        return json.loads(await self.text())

    async def closed(self) -> int | None:
        """The code of the server's close frame."""
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await self.socket.receive()
                if message.type is aiohttp.WSMsgType.CLOSE:
                    return int(message.data)
                # aiohttp's own close_code is 1006 once its answer finds the connection gone.
                assert not self.socket.closed, f"closed without a close frame ({self.socket.close_code})"


class Server:
    """A hub, its sites and a client with the bearer token; `site` is that of the workspace `lab`."""

    def __init__(
        self,
        hub: Hub,
        sites: Sites,
        gateway: Gateway,
        client: aiohttp.ClientSession,
        sockets: contextlib.AsyncExitStack,
    ) -> None:
        self.hub = hub
        self.sites = sites
        self.gateway = gateway
        self.client = client
        self._sockets = sockets

    @property
    def site(self) -> Site:
        return self.sites.of_workspace("lab")

    def url(self, path: str) -> str:
        """The address of `workspace/…` on the site of that workspace."""
        return f"{self.sites.of_workspace(path.partition('/')[0]).origin}/narvi/{path}"

    async def page(self, path: str) -> Page:
        """Connect to `workspace/app/service id`."""
        return await Page(await self.connect(f"{path}/connect")).greet()

    async def connect(self, path: str) -> aiohttp.ClientWebSocketResponse:
        """A WebSocket, closed with the server: the garbage collector would complain of one that is left open."""
        return await self._sockets.enter_async_context(self.client.ws_connect(self.url(path), max_msg_size=0))

    async def get(self, path: str, **options: Any) -> tuple[int, str, aiohttp.ClientResponse]:
        async with self.client.get(self.url(path), allow_redirects=False, **options) as response:
            return response.status, await response.text(), response


Serve = Callable[..., contextlib.AbstractAsyncContextManager[Server]]


@contextlib.asynccontextmanager
async def serve(logs: Path, settings: Settings | None = None) -> AsyncIterator[Server]:
    hub = Hub(settings or Settings(), logs)
    listener = Listener()
    sites = Sites(lambda workspace: bind(0), listener.add)

    async def control(request: web.BaseRequest, segments: list[str]) -> web.StreamResponse:
        return web.Response(text="under control")

    gateway = Gateway(hub, sites, listener, TOKEN.encode(), control, ErrorPages())
    rounds = asyncio.create_task(MonitoringLoop(hub).run())
    headers = {"Authorization": f"Bearer {TOKEN}"}
    try:
        client = aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(PATIENCE))
        async with client, contextlib.AsyncExitStack() as sockets:
            yield Server(hub, sites, gateway, client, sockets)
    finally:
        rounds.cancel()
        gateway.stop_accepting()
        await hub.close()
        await gateway.close(1)
        # Pipes and sockets close in the loop's next turns: wait until nothing of the test is left in it.
        await until(lambda: not hub.instances)
        await asyncio.sleep(0)


PROBE = Path(__file__).parents[1] / "server" / "probe"


def add_probe(server: Server, isolation: str, name: str = "probe", **options: Any) -> Service:
    """Register the probe app, whose service does what its page asks for."""
    options = {"fixed_service_id": "main", "workspace": "lab", "python": (sys.executable,), **options}
    app_parameters = options.pop("app_parameters", {})
    chooser = options.pop("service_chooser", None)
    options.setdefault("service_class", "service:Probe")
    service = server.hub.register_service(Service(name=name, isolation=isolation, folder=PROBE, **options))
    server.hub.register_app(name, service, app_parameters, {("", "**"): PROBE / "web"}, chooser)
    return service
