"""How much may be on its way to a worker before the pages' sockets are paused."""

from __future__ import annotations

import asyncio
from collections import deque


class FlowControl:
    """Counts what was sent to a worker and not yet reported done.

    Attributes:
        available: set while more may be sent. Who waits for it pauses its socket, so that the rest waits in
            the page's own buffers and not in this process.
    """

    def __init__(self, message_limit: int, byte_limit: int) -> None:
        self.available = asyncio.Event()
        self.available.set()
        self._message_limit = message_limit
        self._byte_limit = byte_limit
        self._sizes: deque[int] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._sizes)

    def acquire(self, size: int) -> None:
        """Count a message in. Never refuses: one that is larger than the limit fits an empty buffer."""
        self._sizes.append(size)
        self._bytes += size
        if len(self._sizes) >= self._message_limit or self._bytes >= self._byte_limit:
            self.available.clear()

    def release(self, count: int) -> None:
        """Count messages out, in the order in which they came in."""
        # The worker is not trusted: it may report more than it was sent.
        for _ in range(min(count, len(self._sizes))):
            self._bytes -= self._sizes.popleft()
        if len(self._sizes) < self._message_limit and self._bytes < self._byte_limit:
            self.available.set()
