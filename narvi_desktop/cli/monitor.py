"""`narvi-desktop monitor`: the runtime's stream, drawn live, once, or as JSON. It never starts a runtime."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from narvi_desktop.cli import client
from narvi_desktop.state.display import display_environment
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.record import read_record

if TYPE_CHECKING:
    from narvi_desktop.monitor.state import Action

_LOOKS_EVERY = 0.3  # seconds, for a runtime that starts


def watch(paths: Paths) -> None:
    """Draw until the person quits; where the terminal cannot be drawn on, a frame for each round."""
    # Late, here and below: JSON needs none of it.
    from narvi_desktop.monitor.print import can_be_drawn, make_console, print_frame

    console = make_console()
    if not can_be_drawn(console):
        for document in _documents(paths):
            print_frame(console, document)
        return
    from narvi_desktop.monitor.app import MonitorApp

    MonitorApp(console, lambda: _documents(paths), lambda action: _do(paths, action)).run()


def watch_once(paths: Paths) -> None:
    """One frame. Raises NotRunning."""
    from narvi_desktop.monitor.print import make_console, print_frame

    print_frame(make_console(), next(_stream(paths)))


def watch_json(paths: Paths) -> None:
    """A line of JSON per round, and one when there is no runtime."""
    for document in _documents(paths):
        print(json.dumps(document or {"schema": 1, "running": False}), flush=True)


def _documents(paths: Paths) -> Iterator[dict[str, Any] | None]:
    """Without end: each runtime's documents, and None when it is gone."""
    absent = False
    while True:
        try:
            for document in _stream(paths):
                absent = False
                yield document
        except client.ControlError:
            pass  # it is not there, or went away: both are told alike
        if not absent:
            absent = True
            yield None
        time.sleep(_LOOKS_EVERY)


def _stream(paths: Paths) -> Iterator[dict[str, Any]]:
    record = read_record(paths.record)
    if record is None:
        raise client.NotRunning
    yield from client.stream(record, "watch", {})


def _do(paths: Paths, action: Action) -> str:
    """Carry out what a person chose; the sentence that says what came of it."""
    assert action.instance is not None
    workspace, service, service_id, _ = action.instance.key
    payload: dict[str, Any] = {"workspace": workspace, "service": service, "service_id": service_id}
    if action.act == "open":
        payload |= {"environment": display_environment(), "wait": False}
    try:
        return str(client.call_running(paths, action.act, payload)["message"])
    except client.ControlError as error:
        return str(error)
