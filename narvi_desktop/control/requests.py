"""What a caller asks the runtime for; each field is a key of the request's JSON object."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from narvi_desktop.state.display import select_display_variables
from narvi_desktop.state.names import AppRef

# How an app's page is shown: the runtime's window, an app window or a tab of a browser, its address alone, not at all.
Way = Literal["window", "app", "browser", "print", "none"]


@dataclass(frozen=True)
class NoArguments:
    """The request of a command that takes nothing."""


@dataclass(frozen=True)
class Target:
    """An app by its reference, or a service by workspace and name; neither of them means the runtime."""

    app: AppRef | None = None
    workspace: str | None = None
    service: str | None = None
    service_id: str | None = None

    @classmethod
    def of(cls, app: AppRef, service_id: str | None = None) -> Target:
        """Return the target that a reference means, to an app or to an instance.

        Args:
            service_id: wins over that of an instance.
        """
        if app.instance is None:
            return cls(app, service_id=service_id)
        workspace, service, instance_id = app.instance
        return cls(None, workspace, service, service_id or instance_id)


@dataclass(frozen=True)
class OpenOptions:
    """How an app is shown.

    Attributes:
        environment: the variables that say where the caller's screen is.
        new_window: open another window of an app that has one.
        wait: answer when the page has loaded.
        debug: with the web view's developer tools.
    """

    environment: dict[str, str] = field(default_factory=dict, metadata={"decode": select_display_variables})
    new_window: bool = False
    wait: bool = True
    debug: bool = False


@dataclass(frozen=True)
class OpenRequest:
    """Start an app's service and show its page.

    Attributes:
        directory: the caller's current one, for a hint when it has a folder of the app's name.
    """

    target: Target
    options: OpenOptions
    show: Way = "window"
    directory: str | None = None


@dataclass(frozen=True)
class AppRequest:
    """A command about one app."""

    app: AppRef


@dataclass(frozen=True)
class InstallRequest:
    """Install the folder or zip at an absolute path.

    Attributes:
        replace: take the place of an installed app of the same workspace.
    """

    path: str
    replace: bool = False


@dataclass(frozen=True)
class RemoveRequest:
    """Remove an installed app; with `data` also what it has stored."""

    app: AppRef
    data: bool = False


@dataclass(frozen=True)
class MenuRequest:
    """Add, remove or list entries of the desktop's menu; without an app that of narvi-desktop."""

    do: Literal["add", "remove", "status"]
    app: AppRef | None = None
