"""What a key does, decided without a terminal."""

from __future__ import annotations

import pytest

from narvi_desktop.monitor.snapshot import Snapshot, read
from narvi_desktop.monitor.state import Action, State, press, visible_instances, with_valid_selection
from tests.monitor.documents import document, instance, service

NAMES = ("alpha", "beta", "gamma")


@pytest.fixture
def snapshot() -> Snapshot:
    return read(document({name: {name: service({"main": [instance()]})} for name in NAMES}))


def pressed(snapshot: Snapshot, *keys: str, state: State | None = None) -> tuple[State, Action | None]:
    state, action = with_valid_selection(state or State(), snapshot), None
    for key in keys:
        state, action = press(state, key, snapshot)
        state = with_valid_selection(state, snapshot)
    return state, action


def name_of(state: State) -> str:
    return "" if state.selected is None else state.selected[0]


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
    state, _ = pressed(snapshot, "down")
    without = read(document({name: {name: service({"main": [instance()]})} for name in ("alpha", "gamma")}))
    assert name_of(with_valid_selection(state, without)) == "gamma"
    assert with_valid_selection(state, read(document({}))).selected is None


def test_filter(snapshot: Snapshot) -> None:
    state, _ = pressed(snapshot, "/", "g", "q", "backspace", "a", "m", "enter")
    assert (state.filter, state.typing) == ("gam", False)
    assert [found.name for found in visible_instances(state, snapshot)] == ["gamma"] and name_of(state) == "gamma"
    assert pressed(snapshot, "escape", state=state)[0].filter == ""
    assert pressed(snapshot, "/", "x", "escape")[0].filter == ""


@pytest.mark.parametrize(("key", "act"), [("r", "restart"), ("s", "stop")])
def test_what_stops_something_asks_first(snapshot: Snapshot, key: str, act: str) -> None:
    state, action = pressed(snapshot, key)
    assert state.asked == act and action is None
    for other in ("n", "escape", "enter", key, "q"):
        assert pressed(snapshot, key, other)[1] is None
    state, action = pressed(snapshot, key, "y")
    assert state.asked is None and action is not None
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
    state, action = pressed(read(document({})), key)
    assert state.selected is None and action is None
