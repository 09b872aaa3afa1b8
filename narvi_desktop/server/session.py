"""One WebSocket: what waits for it, its limits, ping and close."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import deque

from aiohttp import WSCloseCode, web
from aiohttp.abc import AbstractStreamWriter

from narvi_desktop.settings import Settings

from .stats import Traffic

SERVICE_FAILED = 1011
SERVICE_RESTARTS = 1012
TOO_SLOW = 1013
STOPPED = 4002  # by a person: the page waits until it is asked to, and does not start the service again
TEXT_OPCODE, BYTES_OPCODE = 1, 2


def encode_message(opcode: int, body: bytes) -> bytes:
    """Encode a server's WebSocket frame (RFC 6455, 5.2), once for all sessions that get it."""
    size = len(body)
    if size < 126:
        return bytes((0x80 | opcode, size)) + body
    if size < 65_536:
        return bytes((0x80 | opcode, 126)) + size.to_bytes(2, "big") + body
    return bytes((0x80 | opcode, 127)) + size.to_bytes(8, "big") + body


class Session:
    """A page's connection. Used on the event loop only.

    Attributes:
        number: grows with each session of the instance; what the link calls it.
    """

    def __init__(self, number: int, app: str, socket: web.WebSocketResponse, settings: Settings) -> None:
        self.number = number
        self.app = app
        self.session_id = str(uuid.uuid4())
        self.socket = socket
        self.started = self.last_heard = time.monotonic()
        self.ping_sent: float | None = None
        self.reading = False
        self.traffic = Traffic()
        self._settings = settings
        self._transport: asyncio.Transport | None = None
        self._writer: AbstractStreamWriter | None = None
        self._batch: list[bytes] = []
        self._refused: deque[bytes] = deque()
        self._refused_bytes = 0
        self._flusher: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[bool] | None = None

    def connected(self, transport: asyncio.Transport, writer: AbstractStreamWriter) -> None:
        """Write what waited for the upgrade to be answered."""
        self._transport, self._writer = transport, writer
        self.flush()

    def put(self, frame: bytes) -> None:
        """Add to what leaves with the next flush: several frames in one write."""
        self._batch.append(frame)

    def flush(self) -> None:
        """Write what this turn of the loop has queued; what the kernel refuses waits here, up to the limits."""
        if self._transport is None or not self._batch:
            return
        frames, self._batch = self._batch, []
        if self._transport.is_closing():
            return
        if self._flusher is None:
            self._transport.write(b"".join(frames))
            if self._transport.get_write_buffer_size():
                self._flusher = asyncio.ensure_future(self._flush_refused())
            return
        self._refused.extend(frames)
        self._refused_bytes += sum(map(len, frames))
        if len(self._refused) > self._settings.outbox_messages or (
            self._refused_bytes > self._settings.outbox_bytes and len(self._refused) > 1
        ):
            self.abort_too_slow()

    @property
    def waiting(self) -> int:
        """Messages that the kernel has refused."""
        return len(self._refused)

    def close(self, code: int, reason: str = "") -> None:
        """Start the closing handshake; safe to call twice."""
        if self._closing is None:
            message = reason.encode()[:120]
            self._closing = asyncio.ensure_future(self.socket.close(code=code, message=message))

    async def wait_closed(self) -> None:
        """Wait until the close frame has left: the receiving loop returns earlier."""
        if self._closing is not None:
            await self._closing

    def abort(self) -> None:
        """Cut the connection: the other side no longer answers."""
        if self._transport is not None:
            self._transport.abort()

    def abort_too_slow(self) -> None:
        self._drop()
        if self._transport is not None and not self._transport.is_closing():
            # Straight into the transport, before the socket is cut: the queue before it is given up.
            self._transport.write(encode_message(8, TOO_SLOW.to_bytes(2, "big") + b"too slow"))
            self._transport.close()

    def needs_ping(self, now: float, awake: bool) -> bool:
        """Decide, once a second, whether to ping this session; a dead one is aborted.

        Silence counts only while its socket is read and the loop was awake.
        """
        if not (self.reading and awake):
            self.ping_sent = None if self.ping_sent is None else now
            return False
        if self.ping_sent is not None:
            if self.last_heard >= self.ping_sent:
                self.ping_sent = None
            elif now - self.ping_sent > self._settings.ping_timeout:
                self.abort()
            return False
        if now - self.last_heard < self._settings.ping_after:
            return False
        self.ping_sent = now
        return True

    async def _flush_refused(self) -> None:
        assert self._transport is not None and self._writer is not None
        try:
            while True:
                await self._writer.drain()
                if not self._refused:
                    break
                frame = self._refused.popleft()
                self._refused_bytes -= len(frame)
                self._transport.write(frame)
        except ConnectionError:
            self._drop()
        finally:
            self._flusher = None

    def _drop(self) -> None:
        self._refused.clear()
        self._refused_bytes = 0


GOING_AWAY = int(WSCloseCode.GOING_AWAY)
