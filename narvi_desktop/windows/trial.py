"""Run in a process of its own: loads the window toolkit and says what it found, as one JSON line.

A broken toolkit aborts its process, which no `except` catches; that is why nobody else imports it to look.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import json
import os
import sys
from typing import Any

# What QtWebEngine needs of Debian and its Python wheel does not bring: library and package.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libnss3.so": "libnss3",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libasound.so.2": "libasound2",
    "libXcomposite.so.1": "libxcomposite1",
    "libXdamage.so.1": "libxdamage1",
    "libXtst.so.6": "libxtst6",
}


def main() -> None:
    found: dict[str, Any] = {"missing": _missing()}
    _tell(found)  # before what may abort
    if sys.platform.startswith("linux"):
        found |= _qt()
    else:
        import webview  # noqa: F401

        found |= {"toolkit": "the system's web view", "pywebview": importlib.metadata.version("pywebview")}
    _tell(found | {"done": True})
    os._exit(0)  # a toolkit that aborts at its end has passed all the same


def _tell(found: dict[str, Any]) -> None:
    print(json.dumps(found), flush=True)


def _missing() -> list[str]:
    """The Debian packages whose library cannot be loaded."""
    if not sys.platform.startswith("linux"):
        return []
    return [package for library, package in LIBRARIES.items() if not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _qt() -> dict[str, Any]:
    os.environ.setdefault("QT_API", "pyside6")
    from qtpy import QtCore, QtGui, QtWebEngineCore, QtWebEngineWidgets, QtWidgets

    assert QtWebEngineWidgets is not None
    application = QtWidgets.QApplication(["narvi-desktop"])
    return {
        "toolkit": f"Qt {QtCore.qVersion()}",
        "pywebview": importlib.metadata.version("pywebview"),
        "chromium": QtWebEngineCore.qWebEngineChromiumVersion(),
        "platform": application.platformName(),
        "screens": [list(screen.geometry().getRect()) for screen in QtGui.QGuiApplication.screens()],
    }


if __name__ == "__main__":
    main()
