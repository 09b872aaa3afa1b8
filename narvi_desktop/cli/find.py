"""Find an app without a runtime: among those that are known, and among the folders that were opened by path."""

from __future__ import annotations

from pathlib import Path

from narvi_desktop.library.finder import Finder, FoundApp
from narvi_desktop.state.names import AppRef
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.recent_apps import RecentApps


def find(paths: Paths, app: AppRef, directory: Path | None) -> FoundApp:
    """Return the app that a reference means; that of an instance is the first app of its service.

    Args:
        directory: the caller's current one, for a hint in the error.

    Raises:
        LibraryError: there is none, or its folder cannot be used.
    """
    finder = Finder(paths.installed, opened=lambda: RecentApps(paths.recent_apps).folders())
    if app.instance is not None:
        workspace, service, _ = app.instance
        return finder.find_service(workspace, service)
    return finder.find(app, directory)


def current_directory() -> Path | None:
    """Return where the caller stands; None where that folder has been deleted."""
    try:
        return Path.cwd()
    except OSError:
        return None
