"""Accepts connections on the sockets of the sites."""

from __future__ import annotations

import asyncio
import socket

from aiohttp import web


class Listener:
    """Sockets may be added before there is a server for them: their clients wait in the kernel's queue.

    That lets the sites exist before the gateway, which needs them.
    """

    def __init__(self) -> None:
        self._server: web.Server | None = None
        self._early: list[socket.socket] = []
        self._listening: list[asyncio.Server] = []
        self._starting: set[asyncio.Task[None]] = set()
        self._accepting = True

    def add(self, sock: socket.socket) -> None:
        """Accept on a listening socket, at once or as soon as `serve` is called."""
        if self._server is None:
            self._early.append(sock)
        else:
            self._start(self._server, sock)

    def serve(self, server: web.Server) -> None:
        """Hand what connects to a server from now on. Called with a running loop."""
        self._server = server
        early, self._early = self._early, []
        for sock in early:
            self._start(server, sock)

    def stop_accepting(self) -> None:
        """Close the listening sockets; what is connected stays."""
        self._accepting = False
        for listening in self._listening:
            listening.close()

    async def close(self, timeout: float) -> None:
        """Stop accepting and close what is connected."""
        await asyncio.gather(*self._starting)
        self.stop_accepting()
        if self._server is not None:
            await self._server.shutdown(timeout)

    def _start(self, server: web.Server, sock: socket.socket) -> None:
        # Kept until done: the loop itself holds its tasks weakly.
        task = asyncio.ensure_future(self._listen(server, sock))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _listen(self, server: web.Server, sock: socket.socket) -> None:
        listening = await asyncio.get_running_loop().create_server(server, sock=sock)
        self._listening.append(listening)
        if not self._accepting:
            listening.close()
