"""The caller's side of opening an app: what was asked for, and the runtime that does it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from narvi_desktop.cli import client
from narvi_desktop.integration.entry import SCHEME, LinkError, parse_link
from narvi_desktop.library.finder import AmbiguousName, AppNotFound, Finder, is_path
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.state.display import display_environment
from narvi_desktop.state.paths import Paths

HOME = "desktop/home"


def open_app(paths: Paths, text: str, service_id: str | None, **wishes: Any) -> dict[str, Any]:
    """Open a name, a path or a narvi: address; the runtime's answer.

    Raises:
        LibraryError: there is no such app, known before any runtime is started.
        client.ControlError
    """
    if text.startswith(f"{SCHEME}:"):
        try:
            text, service_id = parse_link(text)
        except LinkError as error:
            raise LibraryError(str(error)) from error
    text = whole(text)
    if not Path(text).is_absolute():
        # Before a runtime is started: a typo answers at once, and knows where the person stands.
        try:
            Finder(paths.installed).find(text, Path.cwd())
        except (AppNotFound, AmbiguousName):
            raise
        except LibraryError:
            pass  # it is there and broken: the runtime says so, also in the window
    payload = {"app": text, "service_id": service_id, **wishes, "environment": display_environment()}
    return client.call_or_start(paths, "open", payload)


def whole(text: str) -> str:
    """A path is sent absolute: the runtime stands elsewhere. A name stays a name."""
    if not is_path(text) or _is_name(text):
        return text
    return str(Path(text).expanduser().absolute())


def _is_name(text: str) -> bool:
    """workspace/app looks like a path; it is one if such a folder exists."""
    return text.count("/") == 1 and text[0] not in "./~" and text[-1] != "/" and not Path(text).exists()
