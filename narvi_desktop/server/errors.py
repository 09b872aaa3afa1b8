"""Every exception that the server raises for its callers.

::

    Exception
    ├── ServiceRefused        the validator does not accept the service id
    ├── ServiceFailed         the service did not start, or has ended
    ├── PortUnavailable       a workspace has no port to be served on
    └── StillFailing          an app behind an error page still cannot be shown

What a control command raises is in `narvi_desktop/control/errors.py`.
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
