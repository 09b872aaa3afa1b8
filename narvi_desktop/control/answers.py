"""What the runtime answers; each field is a key of the answer's JSON object."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class OpenAnswer:
    """Where an app's page is.

    Attributes:
        url: for a browser that has been let in.
        ticket_url: lets one browser in, once; None where the page has been shown.
        shown: the way that worked.
    """

    workspace: str
    app: str
    url: str
    service_id: str | None = None
    ticket_url: str | None = None
    shown: str | None = None
    message: str = ""


@dataclass(frozen=True)
class StatusAnswer:
    """What runs now.

    Attributes:
        url: the origin of the control API.
        sites: the origin of each workspace that has been used.
        admin: Narvi's admin data: instances and sessions by workspace and service.
        windows: workspace, app and service id of each open window.
    """

    pid: int
    url: str
    version: str
    sites: dict[str, str]
    admin: dict[str, Any]
    windows: list[dict[str, Any]]
    running: bool = True


@dataclass(frozen=True)
class RestartAnswer:
    """How many instances were restarted."""

    restarted: int
    message: str


@dataclass(frozen=True)
class StopAnswer:
    """How many instances were stopped."""

    stopped: int
    message: str


@dataclass(frozen=True)
class InstallAnswer:
    """Attributes: app: the reference of its first app."""

    app: str
    title: str
    folder: str
    message: str


@dataclass(frozen=True)
class RemoveAnswer:
    """Attributes: data: the folder with what the app has stored, when it stays."""

    message: str
    data: str = ""


@dataclass(frozen=True)
class MessageAnswer:
    """A sentence that says what was done."""

    message: str


@dataclass(frozen=True)
class MenuAdded(MessageAnswer):
    """The entry that was added, and its file."""

    name: str
    file: str


@dataclass(frozen=True)
class MenuRemoved(MessageAnswer):
    """Whether there was an entry to remove."""

    removed: bool


@dataclass(frozen=True)
class MenuStatus(MessageAnswer):
    """Attributes: added: whether narvi-desktop itself is in the menu; entries: the names of all its entries."""

    added: bool
    entries: list[str]


@dataclass(frozen=True)
class LogAnswer:
    """The end of an app's log; `path` is empty while there is none."""

    title: str
    path: str
    text: str


@dataclass(frozen=True)
class AppCard:
    """An app as home shows it.

    Attributes:
        app: the reference that opens it.
        kind: of its source: "path", "installed", "package" or "bundled".
        error, detail: what is wrong with it, and the traceback.
        used: when it was opened last, in seconds since 1970; 0 for never.
        needs_id: whether a person must give a service id.
        service_ids: those given before, newest first.
    """

    app: str
    title: str
    kind: str
    folder: str
    workspace: str = ""
    name: str = ""
    description: str = ""
    icon: str | None = None
    state: str = ""
    windows: int = 0
    sessions: int = 0
    error: str = ""
    detail: str = ""
    used: float = 0.0
    needs_id: bool = False
    service_ids: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class AppListAnswer:
    """All apps that are known, in no order; `first` is true until one has been opened."""

    apps: list[AppCard]
    first: bool
