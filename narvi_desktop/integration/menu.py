"""The desktop's menu, behind one interface for all systems."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Protocol

from .entry import Entry


class Menu(Protocol):
    """The menu of this user. All methods raise OSError."""

    def add(self, entry: Entry) -> Path:
        """Write an entry, in place of one of the same name; return its file."""

    def remove(self, name: str) -> bool:
        """Delete an entry; return whether there was one."""

    def names(self) -> list[str]:
        """Return the names of the entries that narvi-desktop has made."""


def this_menu() -> Menu:
    """Return the menu of the system that this process runs on."""
    if sys.platform == "darwin":
        from .macos import MacMenu

        return MacMenu()
    if sys.platform == "win32":
        from .windows import WindowsMenu

        return WindowsMenu()
    from .linux import LinuxMenu

    return LinuxMenu()
