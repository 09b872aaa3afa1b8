"""What a launcher entry says, whatever the system; and the narvi: addresses."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from narvi_desktop.state.names import NAME

OWN_NAME = "narvi-desktop"
SCHEME = "narvi"
_ICONS = Path(__file__).resolve().parent.parent


class LinkError(ValueError):
    """A narvi: address that is none; str() says what one looks like."""


@dataclass(frozen=True)
class Entry:
    """One entry of the menu.

    Attributes:
        name: of its files; ASCII.
        title, comment: one line each, any script.
        icon: a PNG or SVG file.
        command: what a choice starts, without a shell.
        handles_links: whether narvi: addresses are its own.
    """

    name: str
    title: str
    comment: str
    icon: Path
    command: tuple[str, ...]
    handles_links: bool = False


class Menu(Protocol):
    """A system's menu, of this user alone. All raise OSError."""

    def add(self, entry: Entry) -> Path:
        """Put an entry there, in place of one of the same name; returns its file."""

    def remove(self, name: str) -> bool:
        """Take it out; whether it was there."""

    def names(self) -> list[str]:
        """The entries of ours."""


def this_menu() -> Menu:
    """That of the system we run on."""
    if sys.platform == "darwin":
        from .macos import MacMenu

        return MacMenu()
    if sys.platform == "win32":
        from .windows import WindowsMenu

        return WindowsMenu()
    from .linux import LinuxMenu

    return LinuxMenu()


def own_icon() -> Path:
    """Our icon: in the wheel beside the package, in the repository above it."""
    inside = _ICONS / "assets" / "icon.png"
    return inside if inside.exists() else _ICONS.parent / "assets" / "icon.png"


def program() -> tuple[str, ...]:
    """The command that a double click starts: ours without a terminal."""
    name = "narvi-desktop-window.exe" if sys.platform == "win32" else "narvi-desktop-window"
    script = Path(sys.executable).with_name(name)
    # -P: the folder that somebody stands in is never on the import path.
    return (str(script),) if script.exists() else (sys.executable, "-P", "-m", "narvi_desktop.cli.double_click")


def own_entry() -> Entry:
    """Home, and the one that narvi: addresses lead to."""
    return Entry(OWN_NAME, "narvi-desktop", "Your local apps", own_icon(), program(), handles_links=True)


def app_entry(workspace: str, app: str, title: str, comment: str, icon: Path | None) -> Entry:
    """One app, opened straight."""
    command = (*program(), "open", f"{workspace}/{app}")
    return Entry(f"{OWN_NAME}-{workspace}-{app}", title, comment, icon or own_icon(), command)


def parse_link(address: str) -> tuple[str, str | None]:
    """What `narvi://open/WORKSPACE/APP?service_id=ID` opens: "workspace/app" and the id.

    Raises:
        LinkError: it is anything else; nothing of it may be used.
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
