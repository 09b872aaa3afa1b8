"""Show an app in a window of a Chromium-family browser, the first fallback where there is no window toolkit."""

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
# Where the installers put them; not tried.
_MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_WINDOWS = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")


class AppBrowser:
    """Starts browser windows. They outlive this process: closing them is up to the user.

    Args:
        profile: the browser's profile folder; not the user's, whose extensions would reach into the pages.
        log: the file that gets what the browser prints.
    """

    def __init__(self, profile: Path, log: Path) -> None:
        self._profile = profile
        self._log = log
        self._processes: list[subprocess.Popen[bytes]] = []

    def open(self, url: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes] | None:
        """Start a browser and return its process, or None where no such browser is installed.

        The process ends at once with 0 when a browser with this profile runs already. Raises OSError.
        """
        browser = find()
        if browser is None:
            return None
        self._processes = [process for process in self._processes if process.poll() is None]
        command = [browser, f"--app={url}", f"--user-data-dir={self._profile}", "--no-first-run"]
        command += ["--no-default-browser-check", "--disable-background-networking"]
        if sys.platform.startswith("linux") and os.getuid() == 0:
            command.append("--no-sandbox")  # Chromium refuses to run as root with its sandbox
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
    """Return the program of the first browser of the Chromium family that is installed."""
    if sys.platform == "darwin":
        return next((path for path in _MACOS if Path(path).exists()), None)
    if sys.platform == "win32":
        roots = [os.environ.get(name, "") for name in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData")]
        programs = [Path(root, program) for root in roots if root for program in _WINDOWS]
        return next((str(program) for program in programs if program.exists()), None)
    return next((path for name in _NAMES if (path := shutil.which(name))), None)
