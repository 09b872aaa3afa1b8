"""The commands of the control API for the home app, which runs in a thread of this process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from narvi_desktop.control.errors import ControlError, encode_error

Commands = Mapping[str, Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]]
logger = logging.getLogger("narvi_desktop.runtime")


class CommandBridge:
    """Created on the event loop and called from home's thread: its coroutines wait there, the commands run here.

    Like a listening socket, it exists before the commands that it leads to, since these need the registry, and the
    registry gives the bridge to home. Calls that come before `serve` wait for it.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._served: asyncio.Future[tuple[Commands, Callable[[], Mapping[str, str]]]] = self._loop.create_future()

    def serve(self, commands: Commands, environment: Callable[[], Mapping[str, str]]) -> None:
        """Answer calls from now on.

        Args:
            commands: those of the command table, by name.
            environment: the display variables of the newest caller that has a screen.
        """
        self._served.set_result((commands, environment))

    async def call(self, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Return a command's answer; of one that failed, an object with `error`. Any thread with a loop may call."""
        running = asyncio.run_coroutine_threadsafe(self._answer(name, payload), self._loop)
        return await asyncio.wrap_future(running)

    async def _answer(self, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        commands, environment = await self._served
        try:
            return await commands[name]({"environment": dict(environment()), **payload})
        except ControlError as error:
            return encode_error(error)
        except Exception as error:  # a defect of ours: home waits for an answer all the same
            logger.exception("home's command %s failed", name)
            return encode_error(ControlError(f"narvi-desktop failed in {name}: {error!r}; its log says more."))
