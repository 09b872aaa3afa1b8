"""The first fallback: a browser of the Chromium family, in a window without its bars and with a profile of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "brave-browser",
    "vivaldi",
)
# Written from where their installers put them; not tried.
_MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_WINDOWS = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")


class AppBrowser:
    """Starts browser windows and lets them live: they are the user's, and outlast us.

    Args:
        profile: a folder of its own, so that the user's browser, its extensions and its history stay out.
    """

    def __init__(self, profile: Path, log: Path) -> None:
        self._profile = profile
        self._log = log
        self._processes: list[subprocess.Popen[bytes]] = []

    def open(self, url: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes] | None:
        """The process that was started, or None where no such browser is installed.

        It ends at once with 0 when one with our profile runs already. Raises OSError.
        """
        browser = find()
        if browser is None:
            return None
        self._processes = [process for process in self._processes if process.poll() is None]
        command = [browser, f"--app={url}", f"--user-data-dir={self._profile}", "--no-first-run"]
        command += ["--no-default-browser-check", "--disable-background-networking"]
        if sys.platform.startswith("linux") and os.getuid() == 0:
            command.append("--no-sandbox")  # it refuses to run as root with its sandbox
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
                start_new_session=sys.platform != "win32",
            )
        self._processes.append(process)
        return process


def find() -> str | None:
    """The program of the first such browser that is installed."""
    if sys.platform == "darwin":
        return next((path for path in _MACOS if Path(path).exists()), None)
    if sys.platform == "win32":
        roots = [os.environ.get(name, "") for name in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData")]
        places = [Path(root, place) for root in roots if root for place in _WINDOWS]
        return next((str(place) for place in places if place.exists()), None)
    return next((path for name in _NAMES if (path := shutil.which(name))), None)
