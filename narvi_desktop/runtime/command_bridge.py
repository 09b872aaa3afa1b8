"""What our own home app is given: the commands, called from its thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from narvi_desktop.server.control import Command
from narvi_desktop.server.errors import CommandError

logger = logging.getLogger("narvi_desktop.runtime")


class Desk:
    """Where home's thread meets the loop: its coroutines wait on theirs, the commands run on ours.

    Args:
        table: the commands, as the control API has them.
        environment: where the person's screen is, as the last caller told.
    """

    def __init__(self, table: Mapping[str, Command], environment: Callable[[], Mapping[str, str]]) -> None:
        self._table = table
        self._loop = asyncio.get_running_loop()
        self._environment = environment

    async def call(self, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        """A command's answer; one that could not be done has `error`, perhaps `detail` and `exists`."""
        running = asyncio.run_coroutine_threadsafe(self._answer(name, payload), self._loop)
        return await asyncio.wrap_future(running)

    async def _answer(self, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        try:
            return await self._table[name]({"environment": dict(self._environment()), **payload})
        except CommandError as error:
            return {"error": str(error), "detail": error.detail, "exists": error.status == 409}
        except Exception as error:  # a fault of ours: somebody waits for an answer all the same
            logger.exception("home's command %s failed", name)
            return {"error": f"narvi-desktop failed in {name}: {error!r}; its log says more."}
