"""`narvi-desktop monitor` without a screen: what it asks the runtime for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from narvi_desktop.cli import client, monitor
from narvi_desktop.control.answers import MessageAnswer
from narvi_desktop.control.errors import ControlError, NotRunning
from narvi_desktop.control.requests import OpenRequest, Target
from narvi_desktop.monitor.snapshot import Instance
from narvi_desktop.monitor.state import Act, Action
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.record import Record, write_record

INSTANCE = Instance(("work", "notes", "main", 0), ("notes",), "running", 1.0)
RECORD = Record("1.0", 1, "http://127.0.0.1:1", "token")


def test_documents_go_on_over_the_end_of_a_runtime(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    streams: list[list[dict[str, Any]]] = [[{"number": 1}, {"number": 2}], [{"number": 3}]]

    def stream(record: Record, command: str) -> Iterator[dict[str, Any]]:
        assert (record, command) == (RECORD, "watch")
        yield from streams.pop(0)
        raise ControlError("lost")

    monkeypatch.setattr(client, "stream", stream)
    monkeypatch.setattr(monitor, "_POLL_INTERVAL", 0.001)
    documents = monitor.documents(paths)
    assert next(documents) is None  # there is no record yet
    write_record(paths.record, RECORD)
    assert [next(documents) for _ in range(5)] == [{"number": 1}, {"number": 2}, None, {"number": 3}, None]


def test_once_needs_a_runtime(paths: Paths) -> None:
    with pytest.raises(NotRunning):
        monitor.watch_once(paths)


@pytest.mark.parametrize("act", ["open", "restart", "stop"])
def test_actions_name_a_service(paths: Paths, monkeypatch: pytest.MonkeyPatch, act: Act) -> None:
    asked: list[tuple[str, Any]] = []

    def call_running(paths: Paths, command: Any, request: Any) -> MessageAnswer:
        asked.append((command.name, request))
        return MessageAnswer("done")

    monkeypatch.setattr(client, "call_running", call_running)
    assert monitor.perform(paths, Action(act, INSTANCE)) == "done"
    name, request = asked[0]
    workspace, service, service_id, _ = INSTANCE.key
    target = request.target if isinstance(request, OpenRequest) else request
    assert name == act and target == Target(workspace=workspace, service=service, service_id=service_id)


def test_a_refusal_is_shown(paths: Paths) -> None:
    assert monitor.perform(paths, Action("stop", INSTANCE)) == "narvi-desktop is not running."
