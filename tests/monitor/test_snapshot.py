"""A document of the stream as a snapshot, and the numbers that are kept of many documents."""

from __future__ import annotations

import pytest

from narvi_desktop.monitor.snapshot import RUNTIME, History, Instance, read
from tests.monitor.documents import document, instance, measured, message, service

KEY = ("notes", "notes", "main", 0)


def test_an_instance_is_read() -> None:
    running = {"name": "on_message", "seconds": 3.5}
    admin = {"notes": {"notes": service({"main": [instance(measured=measured(running=running))]}, log="/a.log")}}
    snapshot = read(document(admin))
    found = snapshot.find(KEY)
    assert found is not None
    assert (found.state, found.uptime, found.pid, found.cpu, found.log) == ("running", 65.0, 4711, 2.25, "/a.log")
    assert [session.bytes_out for session in found.sessions] == [2048]
    assert found.slowest is not None and (found.slowest.name, found.slowest.recent) == ("on_message", 3.5)
    assert (snapshot.runtime.url, snapshot.runtime.sessions) == ("http://127.0.0.1:20000", 1)
    assert snapshot.find(None) is None and snapshot.find(RUNTIME) is None


def test_what_should_run_and_does_not_is_there_too() -> None:
    down = {"main": {"state": "failed", "seconds": 9, "error": "no luck"}}
    found = read(document({"notes": {"notes": service({}, not_running=down)}})).find(KEY)
    assert found is not None and (found.state, found.last_error, found.apps) == ("failed", "no luck", ("notes",))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (("notes", "notes", "main", 0), "notes"),
        (("lab", "probe", "main", 0), "lab/probe"),
        (("lab", "probe", "a", 0), "lab/probe:a"),
        (("lab", "lab", "a", 3), "lab:a #3"),
    ],
)
def test_a_name_leaves_out_what_repeats(key: tuple[str, str, str, int], name: str) -> None:
    assert Instance(key, (), "running", 0).name == name


def test_history_grows_with_documents_and_forgets_what_is_gone() -> None:
    history = History(rounds=3)
    for at in (20.0, 22.0, 22.0, 24.0):
        measured_history = [[at, {"messages": at}]]
        admin = {"notes": {"notes": service({"main": [instance(measured_history=measured_history)]})}}
        history.feed(document(admin, at=at))
    assert history.values(KEY, "messages") == [20.0, 22.0, 24.0]
    assert history.values(RUNTIME, "app.messages") == [1.5, 1.5, 1.5]
    history.feed(document({}))
    assert history.values(KEY, "messages") == []


def test_messages_between_apps_are_collected() -> None:
    history = History()
    history.feed(document({}, [message()]))
    trace = history.feed(document({}, [message(found=False)])).trace
    assert [(entry.sender, entry.found) for entry in trace] == [("a/a/main", True), ("a/a/main", False)]
