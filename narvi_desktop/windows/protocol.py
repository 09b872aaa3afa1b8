"""The messages between the runtime and its window host: one JSON object per line, encoded and decoded here only.

A line holds the type of the message, the window that it is about ("" where it is about none) and its fields.
Both processes run the same version, so there is no negotiation: what cannot be decoded is a defect, is logged and
has no other effect.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TypeVar

from narvi_desktop.state.window_geometry import Geometry

from .codec import MalformedValue, from_json, to_json
from .types import WindowOptions

# Commands, from the runtime to the host.


@dataclass(frozen=True)
class Open:
    """Make a window. `group` is the same for all windows of one app and service id."""

    url: str
    group: str
    options: WindowOptions
    geometry: Geometry


@dataclass(frozen=True)
class Navigate:
    """Load another page; from now on the window belongs to this group."""

    url: str
    group: str


@dataclass(frozen=True)
class Focus:
    """Show the window in front of the others."""


@dataclass(frozen=True)
class Browse:
    """Open an address in the user's browser."""

    url: str


@dataclass(frozen=True)
class Close:
    """Close the window without asking its page or the user."""


@dataclass(frozen=True)
class Quit:
    """Close all windows and end the process."""


# Events, from the host to the runtime.


@dataclass(frozen=True)
class Ready:
    """The host has started."""


@dataclass(frozen=True)
class Surviving:
    """The windows that are open in a host which a new runtime has adopted."""

    windows: tuple[str, ...]


@dataclass(frozen=True)
class Loaded:
    """The window's page has loaded."""


@dataclass(frozen=True)
class LinkFollowed:
    """The page leads to an address on another site."""

    url: str


@dataclass(frozen=True)
class PopupOpened:
    """The page of the window `opener` has opened this window."""

    opener: str


@dataclass(frozen=True)
class GeometryChanged:
    """The window was moved, resized, maximized or zoomed."""

    geometry: Geometry


@dataclass(frozen=True)
class PageFailed:
    """The page shows nothing any more."""

    reason: str


@dataclass(frozen=True)
class Closed:
    """The window is gone. `stop` is what the user said about its service; None where nobody asked."""

    stop: bool | None


M = TypeVar("M")
Command = Open | Navigate | Focus | Browse | Close | Quit
Event = Ready | Surviving | Loaded | LinkFollowed | PopupOpened | GeometryChanged | PageFailed | Closed

_COMMANDS: dict[str, type[Command]] = {kind.__name__: kind for kind in (Open, Navigate, Focus, Browse, Close, Quit)}
_EVENTS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (Ready, Surviving, Loaded, LinkFollowed, PopupOpened, GeometryChanged, PageFailed, Closed)
}


class ProtocolError(ValueError):
    """A line that is no message; str() says what is wrong with it."""


def encode(message: Command | Event, window: str = "") -> bytes:
    """Return the line of a message about a window."""
    return json.dumps({"type": type(message).__name__, "window": window, **to_json(message)}).encode() + b"\n"


def decode_command(line: bytes) -> tuple[str, Command]:
    """Return the window and the command of a line. Raises ProtocolError."""
    return _decode(line, _COMMANDS)


def decode_event(line: bytes) -> tuple[str, Event]:
    """Return the window and the event of a line. Raises ProtocolError."""
    return _decode(line, _EVENTS)


def _decode(line: bytes, kinds: dict[str, type[M]]) -> tuple[str, M]:
    try:
        value = json.loads(line)
        window, name = value.pop("window"), value.pop("type")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ProtocolError(f"not a message of the window protocol ({error!r}): {line[:80]!r}") from None
    if not isinstance(window, str) or not isinstance(name, str) or name not in kinds:
        raise ProtocolError(f"unknown message {name!r:.80} about window {window!r:.80}")
    try:
        return window, from_json(kinds[name], value)
    except MalformedValue as error:
        raise ProtocolError(f"malformed message: {error}") from None
