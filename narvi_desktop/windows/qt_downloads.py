"""Downloads of a page in a window of the Qt back end: pywebview's own way ended with Qt 5."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qtpy import QtCore, QtWebEngineCore

_STATE = QtWebEngineCore.QWebEngineDownloadRequest.DownloadState


def save(download: Any, notify: Callable[[str], None]) -> None:
    """Save a download in the user's downloads folder, as browsers do, under a name that is free.

    Args:
        notify: tells the user what came of it.
    """
    location = QtCore.QStandardPaths.StandardLocation.DownloadLocation
    folder = Path(QtCore.QStandardPaths.writableLocation(location) or Path.home())
    name = Path(download.suggestedFileName()).name or "download"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        name = _free_name(folder, name)
    except OSError as error:
        notify(f"{name} could not be saved: {error.strerror}")
        return

    def finished() -> None:
        if download.state() == _STATE.DownloadCompleted:
            notify(f"{name} was saved in {folder}")
        elif download.state() == _STATE.DownloadInterrupted:
            notify(f"{name} could not be saved: {download.interruptReasonString()}")

    download.setDownloadDirectory(str(folder))
    download.setDownloadFileName(name)
    download.isFinishedChanged.connect(finished)
    download.accept()


def _free_name(folder: Path, name: str) -> str:
    """Return the name, or the first "name (2).ext" that does not exist. Raises OSError."""
    stem, dot, suffix = name.partition(".")
    candidates = (name, *(f"{stem} ({number}){dot}{suffix}" for number in range(2, 10_000)))
    return next(candidate for candidate in candidates if not (folder / candidate).exists())
