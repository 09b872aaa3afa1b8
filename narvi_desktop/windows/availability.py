"""Find out whether a window can be shown, without importing the toolkit: a broken one would abort the process."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping

INSTALL = "pip install 'narvi-desktop[gui]'"


def why_not(environment: Mapping[str, str]) -> str | None:
    """Return None when a window can be shown, else the reason and what to do about it."""
    if not _found("webview"):
        return f"pywebview is not installed ({INSTALL})"
    if not sys.platform.startswith("linux"):
        return None
    if no_display(environment):
        return "there is no display"
    if _found("qtpy") and _found("PySide6.QtWebEngineWidgets"):
        return None
    return f"no window toolkit is installed ({INSTALL})"


def no_display(environment: Mapping[str, str]) -> bool:
    """Return whether a program with this environment has no screen to draw on."""
    return sys.platform.startswith("linux") and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def _found(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
