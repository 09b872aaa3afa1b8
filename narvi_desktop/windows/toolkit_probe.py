"""Load the window toolkit and print what was found as a line of JSON; run in a process of its own.

A broken toolkit aborts its process, which no `except` catches; that is why nobody else imports it to look.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import sys
from typing import Any

from narvi_desktop.windows.libraries import available_package, missing_libraries


def main() -> None:
    found: dict[str, Any] = {"missing": _missing()}
    _report(found)  # before what may abort
    if sys.platform.startswith("linux"):
        found |= _qt()
    else:
        import webview  # noqa: F401

        found |= {"toolkit": "the system's web view", "pywebview": importlib.metadata.version("pywebview")}
    _report(found | {"done": True})
    os._exit(0)  # a toolkit that aborts at its end has passed all the same


def _report(found: dict[str, Any]) -> None:
    print(json.dumps(found), flush=True)


def _missing() -> dict[str, str]:
    """Return the libraries that the loader does not find, each with its Debian package; "" where none is known."""
    return {library: available_package(library) or "" for library in missing_libraries()}


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
