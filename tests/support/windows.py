"""Windows and their processes, seen from outside."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.account import Account


def titles(seat: Account, name: str = "^Hello$") -> list[str]:
    """The visible windows whose title matches."""
    command = ["xdotool", "search", "--onlyvisible", "--name", name]
    found = subprocess.run(command, env=seat.environment, capture_output=True, text=True, check=False)
    return found.stdout.split()


def hosts(seat: Account) -> list[int]:
    """The window hosts of this account."""
    return processes(seat, b"narvi_desktop.windows.host")


def processes(seat: Account, word: bytes) -> list[int]:
    """Processes of this account with that word in their command line."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if word in command and str(seat.home).encode() in command:
                found.append(int(folder.name))
    return found
