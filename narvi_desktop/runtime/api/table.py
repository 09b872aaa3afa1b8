"""All commands of the control API, with one rule for each: decode the request, handle it, encode the answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, TypeVar

from narvi_desktop.control import commands
from narvi_desktop.control.codec import decode, encode
from narvi_desktop.control.commands import Command
from narvi_desktop.control.errors import ControlError, ExitCode
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.runtime.monitoring import Monitoring
from narvi_desktop.server.errors import PortUnavailable

from .apps import AppCommands
from .library import LibraryCommands
from .status import StatusCommands
from .windows import WindowCommands

Request = TypeVar("Request")
Answer = TypeVar("Answer")
JsonObject = dict[str, Any]


class CommandTable:
    """Attributes: commands, streams: what answers a JSON object, by name. All raise ControlError."""

    def __init__(
        self,
        windows: WindowCommands,
        apps: AppCommands,
        library: LibraryCommands,
        status: StatusCommands,
        monitoring: Monitoring,
    ) -> None:
        self.commands: Mapping[str, Callable[[JsonObject], Awaitable[JsonObject]]] = dict(
            (
                _handle(commands.OPEN, windows.open),
                _handle(commands.URL, windows.url),
                _handle(commands.RESTART, apps.restart),
                _handle(commands.STOP, apps.stop),
                _handle(commands.APPS, apps.apps),
                _handle(commands.LOG, apps.log),
                _handle(commands.FORGET, apps.forget),
                _handle(commands.INSTALL, library.install),
                _handle(commands.REMOVE, library.remove),
                _handle(commands.MENU, library.change_menu),
                _handle(commands.STATUS, status.status),
            )
        )
        self.streams: Mapping[str, Callable[[JsonObject], AsyncIterator[JsonObject]]] = {
            commands.WATCH: monitoring.watch
        }


def _handle(
    command: Command[Request, Answer], handler: Callable[[Request], Awaitable[Answer]]
) -> tuple[str, Callable[[JsonObject], Awaitable[JsonObject]]]:
    async def handle(document: JsonObject) -> JsonObject:
        try:
            return encode(await handler(decode(command.request, document)))
        except LibraryError as error:
            raise ControlError(str(error), exit_code=ExitCode.USAGE) from error
        except PortUnavailable as error:
            raise ControlError(str(error), exit_code=ExitCode.NO_PORT) from error

    return command.name, handle
