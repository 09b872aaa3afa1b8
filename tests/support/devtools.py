"""Ask the pages of a window host, through Chromium's remote debugging, whether they are ready for keys."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import aiohttp

from tests.support.account import Account
from tests.support.programs import free_port
from tests.support.waiting import PATIENCE

# Chromium drops keys until a page has painted.
_READY_FOR_KEYS = """document.readyState === "complete" && document.hasFocus()
  && document.activeElement !== document.body && performance.getEntriesByType("paint").length > 0"""


class DevTools:
    """Chromium's remote debugging of the host that this account starts next."""

    def __init__(self, account: Account) -> None:
        self._port = free_port()
        account.environment["QTWEBENGINE_REMOTE_DEBUGGING"] = str(self._port)

    def until_ready_for_keys(self, path: str) -> None:
        """Wait until a page whose address holds `path` is painted and something on it has the keyboard."""
        asyncio.run(self._until(path, _READY_FOR_KEYS))

    async def _until(self, path: str, expression: str) -> None:
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as client:
            # A page that is replaced meanwhile closes its socket; the next look finds the new one.
            while True:
                with contextlib.suppress(aiohttp.ClientError, TypeError):
                    async with client.get(f"http://127.0.0.1:{self._port}/json") as response:
                        pages = [page for page in await response.json() if path in page["url"]]
                    for page in pages:
                        if await _evaluate(client, page["webSocketDebuggerUrl"], expression):
                            return
                await asyncio.sleep(0.05)


async def _evaluate(client: aiohttp.ClientSession, url: str, expression: str) -> Any:
    async with client.ws_connect(url) as socket:
        await socket.send_json({"id": 1, "method": "Runtime.evaluate", "params": {"expression": expression}})
        return json.loads(await socket.receive_str())["result"]["result"].get("value")
