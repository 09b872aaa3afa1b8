"""`narvi-desktop open`: check what was typed, and have the runtime open it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from narvi_desktop.control.answers import OpenAnswer
from narvi_desktop.control.commands import OPEN
from narvi_desktop.control.errors import NotRunning, RuntimeLeaving
from narvi_desktop.control.requests import OpenOptions, OpenRequest, Target, Way
from narvi_desktop.integration.entry import SCHEME, LinkError, parse_link
from narvi_desktop.library.finder import AmbiguousName, AppNotFound
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.state.display import select_display_variables
from narvi_desktop.state.names import AppRef
from narvi_desktop.state.paths import Paths

from . import client
from .find import current_directory, find
from .output import print_answer

HOME = "desktop/home"


def run(arguments: argparse.Namespace, paths: Paths) -> int:
    options = OpenOptions(
        select_display_variables(os.environ), arguments.new_window, not arguments.no_wait, arguments.debug
    )
    answer = open_app(paths, arguments.app, arguments.service_id, arguments.show, options)
    return print_answer(arguments, answer, answer.message)


def open_app(
    paths: Paths, text: str, service_id: str | None = None, show: Way = "window", options: OpenOptions | None = None
) -> OpenAnswer:
    """Open a name, a path or a narvi: address.

    Raises:
        LibraryError: there is no such app, and no runtime either: none is started for it.
        ControlError: the runtime could not open it.
    """
    if text.startswith(f"{SCHEME}:"):
        try:
            text, service_id = parse_link(text)
        except LinkError as error:
            raise LibraryError(str(error)) from error
    app = AppRef.typed(text)
    options = options or OpenOptions(select_display_variables(os.environ))
    directory = current_directory()
    request = OpenRequest(
        Target.of(app, service_id), options, show, None if directory is None else str(directory)
    )
    try:
        return client.call_running(paths, OPEN, request)
    except (NotRunning, RuntimeLeaving):
        if app.folder is None:
            _check_name(paths, app, directory)
        record = client.ensure_runtime(paths, window=show == "window")
        return client.call(record, OPEN, request)


def _check_name(paths: Paths, app: AppRef, directory: Path | None) -> None:
    """Raise LibraryError for a name that no app has: a typo must not start a runtime."""
    try:
        find(paths, app, directory)
    except (AppNotFound, AmbiguousName):
        raise
    except LibraryError:
        return  # the app exists and is broken: the runtime shows that, in the window too
