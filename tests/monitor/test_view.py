"""What a key does, decided without a terminal."""

from __future__ import annotations

import pytest

from narvi_desktop.monitor.snapshot import Snapshot, read
from narvi_desktop.monitor.view import Action, View, press, settled, shown
from tests.monitor.documents import document, instance, service

NAMES = ("alpha", "beta", "gamma")


@pytest.fixture
def snapshot() -> Snapshot:
    return read(document({name: {name: service({"main": [instance()]})} for name in NAMES}))


def pressed(snapshot: Snapshot, *keys: str, view: View | None = None) -> tuple[View, Action | None]:
    view, action = settled(view or View(), snapshot), None
    for key in keys:
        view, action = press(view, key, snapshot)
        view = settled(view, snapshot)
    return view, action


def name_of(view: View) -> str:
    return "" if view.selected is None else view.selected[0]


def test_moving(snapshot: Snapshot) -> None:
    for keys, name in [
        ((), "alpha"),
        (("down",), "beta"),
        (("j", "j", "j"), "gamma"),
        (("end", "up"), "beta"),
        (("end", "home"), "alpha"),
        (("pagedown",), "gamma"),
        (("up",), "alpha"),
    ]:
        assert name_of(pressed(snapshot, *keys)[0]) == name


def test_the_selection_goes_to_the_next_when_its_own_has_gone(snapshot: Snapshot) -> None:
    view, _ = pressed(snapshot, "down")
    without = read(document({name: {name: service({"main": [instance()]})} for name in ("alpha", "gamma")}))
    assert name_of(settled(view, without)) == "gamma"
    assert settled(view, read(document({}))).selected is None


def test_filter(snapshot: Snapshot) -> None:
    view, _ = pressed(snapshot, "/", "g", "q", "backspace", "a", "m", "enter")
    assert (view.filter, view.typing) == ("gam", False)
    assert [found.name for found in shown(view, snapshot)] == ["gamma"] and name_of(view) == "gamma"
    assert pressed(snapshot, "escape", view=view)[0].filter == ""
    assert pressed(snapshot, "/", "x", "escape")[0].filter == ""


@pytest.mark.parametrize(("key", "act"), [("r", "restart"), ("s", "stop")])
def test_what_stops_something_asks_first(snapshot: Snapshot, key: str, act: str) -> None:
    view, action = pressed(snapshot, key)
    assert view.asked == act and action is None
    for other in ("n", "escape", "enter", key, "q"):
        assert pressed(snapshot, key, other)[1] is None
    view, action = pressed(snapshot, key, "y")
    assert view.asked is None and action is not None
    assert action.act == act and action.instance is not None and action.instance.name == "alpha"


def test_open_and_quit(snapshot: Snapshot) -> None:
    action = pressed(snapshot, "down", "o")[1]
    assert action is not None and action.instance is not None and action.instance.name == "beta"
    assert pressed(snapshot, "q")[1] == Action("quit")


def test_modes(snapshot: Snapshot) -> None:
    assert pressed(snapshot, "enter")[0].mode == "inside"
    assert pressed(snapshot, "enter", "down")[0].mode == "inside"
    assert pressed(snapshot, "enter", "escape")[0].mode == "table"
    assert pressed(snapshot, "l")[0].mode == "log"
    assert pressed(snapshot, "l", "l")[0].mode == "table"
    assert pressed(snapshot, "?")[0].mode == "help"
    assert pressed(snapshot, "?", "x")[0].mode == "table"
    assert pressed(snapshot, "p")[0].paused and not pressed(snapshot, "p", "p")[0].paused


@pytest.mark.parametrize("key", ["enter", "l", "o", "r", "s", "up", "down", "end", "escape", "x", "right"])
def test_nothing_there_is_no_fault(key: str) -> None:
    view, action = pressed(read(document({})), key)
    assert view.selected is None and action is None
