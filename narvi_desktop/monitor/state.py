"""What the monitor shows, and what a key changes about it. Pure functions: nothing is drawn or sent here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from .snapshot import Instance, Key, Snapshot

Mode = Literal["table", "inside", "log", "help"]
Act = Literal["open", "restart", "stop", "quit"]


@dataclass(frozen=True)
class State:
    """What the person has selected and typed.

    Attributes:
        typing: keys go into the filter.
        asked: an action that stops something, and waits for a yes.
        notice: what came of the last action.
    """

    mode: Mode = "table"
    selected: Key | None = None
    filter: str = ""
    typing: bool = False
    paused: bool = False
    asked: Act | None = None
    notice: str = ""


@dataclass(frozen=True)
class Action:
    """What the user wants the runtime to do."""

    act: Act
    instance: Instance | None = None


def visible_instances(state: State, snapshot: Snapshot) -> tuple[Instance, ...]:
    """Return the instances that pass the filter."""
    words = state.filter.lower().split()
    return tuple(
        instance
        for instance in snapshot.instances
        if all(word in f"{instance.name} {' '.join(instance.apps)} {instance.state}".lower() for word in words)
    )


def with_valid_selection(state: State, snapshot: Snapshot) -> State:
    """Return the state with a selection that exists: the nearest instance where the selected one is gone."""
    visible = [instance.key for instance in visible_instances(state, snapshot)]
    if state.selected in visible:
        return state
    if not visible:
        return replace(state, selected=None, mode="table" if state.mode == "inside" else state.mode, asked=None)
    after = [key for key in visible if state.selected is not None and key > state.selected]
    return replace(state, selected=after[0] if after else visible[-1 if state.selected else 0], asked=None)


def press(state: State, key: str, snapshot: Snapshot) -> tuple[State, Action | None]:
    """Return the state after a key, and what the user wants to be done."""
    state = replace(state, notice="")
    if state.typing:
        return _type(state, key), None
    if state.asked is not None:
        chosen = snapshot.find(state.selected)
        asked, state = state.asked, replace(state, asked=None)
        return state, Action(asked, chosen) if key in ("y", "Y") and chosen is not None else None
    if key == "q":
        return state, Action("quit")
    if state.mode == "help":
        return replace(state, mode="table"), None
    if key in ("up", "k", "down", "j", "home", "end", "pageup", "pagedown"):
        return _move(state, key, snapshot), None
    if key in ("o", "r", "s"):
        return _ask(state, key, snapshot)
    return _look(state, key, snapshot), None


def _type(state: State, key: str) -> State:
    if key == "enter":
        return replace(state, typing=False)
    if key == "escape":
        return replace(state, typing=False, filter="")
    if key == "backspace":
        return replace(state, filter=state.filter[:-1])
    return replace(state, filter=state.filter + key) if len(key) == 1 and key.isprintable() else state


def _move(state: State, key: str, snapshot: Snapshot) -> State:
    visible = [instance.key for instance in visible_instances(state, snapshot)]
    if not visible:
        return state
    now = visible.index(state.selected) if state.selected in visible else 0
    step = {"up": -1, "k": -1, "down": 1, "j": 1, "pageup": -10, "pagedown": 10}.get(key, 0)
    then = {"home": 0, "end": len(visible) - 1}.get(key, now + step)
    return replace(state, selected=visible[max(0, min(len(visible) - 1, then))])


def _ask(state: State, key: str, snapshot: Snapshot) -> tuple[State, Action | None]:
    chosen = snapshot.find(state.selected)
    if chosen is None:
        return replace(state, notice="Nothing is selected."), None
    if key == "o":
        return state, Action("open", chosen)
    return replace(state, asked="restart" if key == "r" else "stop"), None


def _look(state: State, key: str, snapshot: Snapshot) -> State:
    if key == "?":
        return replace(state, mode="help")
    if key == "p":
        return replace(state, paused=not state.paused)
    if key == "/":
        return replace(state, typing=True, mode="table")
    if key in ("escape", "left"):
        return replace(state, mode="table", filter=state.filter if state.mode != "table" else "")
    if state.selected is None:
        return state
    if key in ("enter", "right"):
        return replace(state, mode="inside")
    if key == "l":
        return replace(state, mode="table" if state.mode == "log" else "log")
    return state
