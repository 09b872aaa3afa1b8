"""`narvi-desktop monitor`: draw the runtime's stream live, once, or print it as JSON. It never starts a runtime."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from narvi_desktop.control.commands import OPEN, RESTART, STOP, WATCH
from narvi_desktop.control.errors import ControlError, NotRunning
from narvi_desktop.control.requests import OpenOptions, OpenRequest, Target
from narvi_desktop.state.display import select_display_variables
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.record import read_record

from . import client

if TYPE_CHECKING:
    from narvi_desktop.monitor.state import Action

_POLL_INTERVAL = 0.3  # seconds between two looks for a runtime


def watch(paths: Paths) -> None:
    """Draw until the person quits; print a frame for each round where the terminal cannot be drawn on."""
    # Late, here and below: JSON needs none of it.
    from narvi_desktop.monitor.print import can_be_drawn, make_console, print_frame

    console = make_console()
    if not can_be_drawn(console):
        for document in documents(paths):
            print_frame(console, document)
        return
    from narvi_desktop.monitor.app import MonitorApp

    MonitorApp(console, lambda: documents(paths), lambda action: perform(paths, action)).run()


def watch_once(paths: Paths) -> None:
    """Print one frame. Raises NotRunning."""
    from narvi_desktop.monitor.print import make_console, print_frame

    print_frame(make_console(), next(_stream(paths)))


def watch_json(paths: Paths) -> None:
    """Print a line of JSON for each round, and one when there is no runtime."""
    for document in documents(paths):
        print(json.dumps(document or {"schema": 1, "running": False}), flush=True)


def documents(paths: Paths) -> Iterator[dict[str, Any] | None]:
    """Yield the documents of one runtime after the other, and None when one has gone. It never ends."""
    absent = False
    while True:
        try:
            for document in _stream(paths):
                absent = False
                yield document
        except ControlError:
            pass  # there is none, or it has gone: both are shown alike
        if not absent:
            absent = True
            yield None
        time.sleep(_POLL_INTERVAL)


def _stream(paths: Paths) -> Iterator[dict[str, Any]]:
    record = read_record(paths.record)
    if record is None:
        raise NotRunning
    yield from client.stream(record, WATCH)


def perform(paths: Paths, action: Action) -> str:
    """Have the runtime do what a person chose; return a sentence that says what came of it."""
    assert action.instance is not None
    workspace, service, service_id, _ = action.instance.key
    target = Target(workspace=workspace, service=service, service_id=service_id)
    try:
        if action.act == "open":
            options = OpenOptions(select_display_variables(os.environ), wait=False)
            return client.call_running(paths, OPEN, OpenRequest(target, options)).message
        if action.act == "restart":
            return client.call_running(paths, RESTART, target).message
        return client.call_running(paths, STOP, target).message
    except ControlError as error:
        return str(error)
