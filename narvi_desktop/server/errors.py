"""Every exception that the server raises for its callers.

::

    Exception
    ├── ServiceRefused        the validator does not accept the service id
    ├── ServiceFailed         the service did not start, or has ended
    ├── PortUnavailable       a workspace has no port to be served on
    ├── StillFailing          an app behind an error page still cannot be shown
    └── CommandError          a control command failed; sent to the client as JSON
        └── RuntimeLeaving    the runtime is shutting down; the client starts a new one
"""

from __future__ import annotations


class ServiceRefused(Exception):
    """The service's validator does not accept this service id."""


class ServiceFailed(Exception):
    """The service did not start, or has ended; `detail` is the traceback or the reason."""

    def __init__(self, detail: str) -> None:
        super().__init__("the service could not start")
        self.detail = detail


class PortUnavailable(Exception):
    """A workspace cannot be served; `reason` is the system's message, str() a full sentence."""

    def __init__(self, workspace: str, reason: str) -> None:
        super().__init__(f"No port can be had for the workspace {workspace!r}: {reason}.")
        self.reason = reason


class StillFailing(Exception):
    """An app still cannot be shown; str() says why in a sentence or two."""


class CommandError(Exception):
    """A control command cannot be done: a sentence for the user, details, and the CLI's exit code.

    Attributes:
        shown: whether a window shows the same error already.
    """

    shown = False

    def __init__(self, message: str, detail: str = "", exit_code: int = 1, status: int = 400) -> None:
        super().__init__(message)
        self.detail, self.exit_code, self.status = detail, exit_code, status


class RuntimeLeaving(CommandError):
    """The runtime is shutting down: the client waits for its lock and starts a new one."""

    def __init__(self) -> None:
        super().__init__("narvi-desktop is just leaving.", status=503)
