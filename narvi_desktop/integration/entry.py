"""Describe a menu entry independent of the system, and parse narvi: addresses."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from narvi_desktop.state.names import NAME

OWN_NAME = "narvi-desktop"
SCHEME = "narvi"
_PACKAGE = Path(__file__).resolve().parent.parent


class LinkError(ValueError):
    """An address that does not have the form of a narvi: address; str() says what that is."""


@dataclass(frozen=True)
class Entry:
    """An entry of the desktop's menu.

    Attributes:
        name: that of its files; ASCII.
        title, comment: one line each, any script.
        icon: a PNG or SVG file.
        command: the program and arguments that it starts, without a shell.
        handles_links: whether narvi: addresses open it.
    """

    name: str
    title: str
    comment: str
    icon: Path
    command: tuple[str, ...]
    handles_links: bool = False


def own_icon() -> Path:
    """Return the path of the program's icon: in a wheel inside the package, in the repository beside it."""
    inside = _PACKAGE / "assets" / "icon.png"
    return inside if inside.exists() else _PACKAGE.parent / "assets" / "icon.png"


def program() -> tuple[str, ...]:
    """Return the command that opens an app without a terminal."""
    name = "narvi-desktop-window.exe" if sys.platform == "win32" else "narvi-desktop-window"
    script = Path(sys.executable).with_name(name)
    # -P: the current directory must not be on the import path.
    return (str(script),) if script.exists() else (sys.executable, "-P", "-m", "narvi_desktop.cli.double_click")


def own_entry() -> Entry:
    """Return the entry that opens home, and narvi: addresses."""
    return Entry(OWN_NAME, "narvi-desktop", "Your local apps", own_icon(), program(), handles_links=True)


def app_entry(workspace: str, app: str, title: str, comment: str, icon: Path | None) -> Entry:
    """Return the entry that opens one app."""
    command = (*program(), "open", f"{workspace}/{app}")
    return Entry(f"{OWN_NAME}-{workspace}-{app}", title, comment, icon or own_icon(), command)


def parse_link(address: str) -> tuple[str, str | None]:
    """Split `narvi://open/WORKSPACE/APP?service_id=ID` into "workspace/app" and the service id.

    Raises:
        LinkError: the address has another form; no part of it may be used.
    """
    problem = LinkError(f"{address[:200]!r} is no address of an app: narvi://open/WORKSPACE/APP?service_id=ID")
    try:
        parts = urlsplit(address)
        query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True) if parts.query else []
    except ValueError:
        raise problem from None
    names = [unquote(part) for part in parts.path.split("/")[1:]]
    while names and not names[-1]:
        names.pop()
    known = parts.scheme == SCHEME and parts.netloc == "open" and not parts.fragment and len(names) == 2
    if not known or not all(NAME.fullmatch(name) for name in names):
        raise problem
    if [key for key, _ in query] not in ([], ["service_id"]):
        raise problem
    service_id = query[0][1] if query else None
    if service_id is not None and not (0 < len(service_id) <= 64 and service_id.isprintable()):
        raise problem
    return "/".join(names), service_id
