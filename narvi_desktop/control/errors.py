"""How a command fails: exit codes, and the errors that travel from the runtime to its caller.

ControlError
├── NotRunning      there is no runtime; raised by the client alone
├── RuntimeLeaving  the runtime is about to end: wait for its lock, then start another
└── AlreadyExists   what is to be installed is installed
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any


class ExitCode(IntEnum):
    """The exit codes of the command line."""

    DONE = 0
    FAILED = 1
    USAGE = 2  # wrong arguments, an unknown app, or a manifest that cannot be used
    NOT_RUNNING = 3
    NO_PORT = 4


class ControlError(Exception):
    """A command that failed; str() is the sentence to show.

    Attributes:
        detail: what to show besides, such as a traceback.
        exit_code: that of the command line.
        shown: whether a window shows the same already.
        status: the HTTP status that carries the error.
    """

    status = 400

    def __init__(
        self, message: str, detail: str = "", exit_code: int = ExitCode.FAILED, shown: bool = False
    ) -> None:
        super().__init__(message)
        self.detail, self.exit_code, self.shown = detail, exit_code, shown


class NotRunning(ControlError):
    """There is no runtime."""

    def __init__(self) -> None:
        super().__init__("narvi-desktop is not running.", exit_code=ExitCode.NOT_RUNNING)


class RuntimeLeaving(ControlError):
    """The runtime is about to end and takes no commands any more."""

    status = 503

    def __init__(self, message: str = "narvi-desktop is shutting down.") -> None:
        super().__init__(message)


class AlreadyExists(ControlError):
    """What is to be installed is installed."""

    status = 409


def encode_error(error: ControlError) -> dict[str, Any]:
    """Return the error as the JSON object that the caller gets."""
    return {
        "error": str(error),
        "detail": error.detail,
        "exit_code": int(error.exit_code),
        "shown": error.shown,
        "leaving": isinstance(error, RuntimeLeaving),
        "exists": isinstance(error, AlreadyExists),
    }


def decode_error(document: Mapping[str, Any]) -> ControlError:
    """Return the error that a JSON object describes."""
    message = str(document.get("error", "The runtime refused the command."))
    if document.get("leaving") is True:
        return RuntimeLeaving(message)
    kind = AlreadyExists if document.get("exists") is True else ControlError
    exit_code = document.get("exit_code")
    return kind(
        message,
        str(document.get("detail", "")),
        exit_code if isinstance(exit_code, int) else ExitCode.FAILED,
        document.get("shown") is True,
    )
