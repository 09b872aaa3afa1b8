"""The lines between runtime and window host: each message comes back as it was, and nothing else is taken for one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from narvi_desktop.state.window_geometry import Geometry
from narvi_desktop.windows import protocol
from narvi_desktop.windows.protocol import Command, Event
from narvi_desktop.windows.types import WindowOptions

OPTIONS = WindowOptions("Nötes", 900, 640, "/icon.png", "ask", "notes/notes", True)
COMMANDS: list[Command] = [
    protocol.Open("http://127.0.0.1:1/ticket/a", "notes/notes/main", OPTIONS, Geometry(1, 2, 300, 400, True, 1.5)),
    protocol.Open("http://127.0.0.1:1/ticket/a", "notes/notes/main", WindowOptions("Notes"), Geometry()),
    protocol.Navigate("http://127.0.0.1:1/ticket/b", "notes/notes/"),
    protocol.Focus(),
    protocol.Browse("https://example.org/"),
    protocol.Close(),
    protocol.Quit(),
]
EVENTS: list[Event] = [
    protocol.Ready(),
    protocol.Surviving(("1", "2")),
    protocol.Loaded(),
    protocol.LinkFollowed("https://example.org/\n"),
    protocol.PopupOpened("1"),
    protocol.GeometryChanged(Geometry(-5, 0, 300, 400)),
    protocol.PageFailed("It ended."),
    protocol.Closed(None),
    protocol.Closed(True),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_comes_back_as_it_was(command: Command) -> None:
    line = protocol.encode(command, "7")
    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    assert protocol.decode_command(line) == ("7", command)


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    line = protocol.encode(event, "popup-1")
    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    assert protocol.decode_event(line) == ("popup-1", event)


def navigate(**changes: Any) -> bytes:
    value = {"type": "Navigate", "window": "1", "url": "http://a/", "group": "a"} | changes
    return json.dumps({name: item for name, item in value.items() if item is not None}).encode()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"", "not a message"),
        (b"Gtk-WARNING: no", "not a message"),
        (b"[]", "not a message"),
        (b"null", "not a message"),
        (b"\xff\xfe", "not a message"),
        (navigate(window=None), "not a message"),
        (navigate(type=None), "not a message"),
        (navigate(type="Loaded"), "unknown message 'Loaded'"),
        (navigate(type=["Navigate"]), "unknown message"),
        (navigate(window=1), "unknown message"),
        (navigate(url=None), "lacks the field 'url'"),
        (navigate(url=1), "Navigate.url must be str, not 1"),
        (navigate(more=1), "has no field 'more'"),
    ],
)
def test_a_malformed_command_is_refused_with_what_is_wrong(line: bytes, problem: str) -> None:
    with pytest.raises(protocol.ProtocolError, match=problem.replace("'", ".")):
        protocol.decode_command(line)


def test_fields_inside_fields_are_checked_too() -> None:
    value = json.loads(protocol.encode(COMMANDS[0], "1"))
    value["geometry"]["x"] = True
    with pytest.raises(protocol.ProtocolError, match=r"Open\.geometry\.x must be int or NoneType, not True"):
        protocol.decode_command(json.dumps(value).encode())
