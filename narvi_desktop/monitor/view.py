"""What a person looks at in the monitor, and what a key does to it: decisions only, nothing is drawn or asked here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from .snapshot import Instance, Key, Snapshot

Mode = Literal["table", "inside", "log", "help"]
Act = Literal["open", "restart", "stop", "quit"]


@dataclass(frozen=True)
class View:
    """
    Attributes:
        typing: keys go into the filter.
        asked: what stops something, and waits for a yes.
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
    """What the runtime is asked for."""

    act: Act
    instance: Instance | None = None


def shown(view: View, snapshot: Snapshot) -> tuple[Instance, ...]:
    """The instances that pass the filter."""
    words = view.filter.lower().split()
    return tuple(
        instance
        for instance in snapshot.instances
        if all(word in f"{instance.name} {' '.join(instance.apps)} {instance.state}".lower() for word in words)
    )


def settled(view: View, snapshot: Snapshot) -> View:
    """With a selection that exists: the nearest where the selected one has gone."""
    there = [instance.key for instance in shown(view, snapshot)]
    if view.selected in there:
        return view
    if not there:
        return replace(view, selected=None, mode="table" if view.mode == "inside" else view.mode, asked=None)
    after = [key for key in there if view.selected is not None and key > view.selected]
    return replace(view, selected=after[0] if after else there[-1 if view.selected else 0], asked=None)


def press(view: View, key: str, snapshot: Snapshot) -> tuple[View, Action | None]:
    """The view after a key, and what is to be done."""
    view = replace(view, notice="")
    if view.typing:
        return _type(view, key), None
    if view.asked is not None:
        chosen = snapshot.find(view.selected)
        asked, view = view.asked, replace(view, asked=None)
        return view, Action(asked, chosen) if key in ("y", "Y") and chosen is not None else None
    if key == "q":
        return view, Action("quit")
    if view.mode == "help":
        return replace(view, mode="table"), None
    if key in ("up", "k", "down", "j", "home", "end", "pageup", "pagedown"):
        return _move(view, key, snapshot), None
    if key in ("o", "r", "s"):
        return _ask(view, key, snapshot)
    return _look(view, key, snapshot), None


def _type(view: View, key: str) -> View:
    if key == "enter":
        return replace(view, typing=False)
    if key == "escape":
        return replace(view, typing=False, filter="")
    if key == "backspace":
        return replace(view, filter=view.filter[:-1])
    return replace(view, filter=view.filter + key) if len(key) == 1 and key.isprintable() else view


def _move(view: View, key: str, snapshot: Snapshot) -> View:
    there = [instance.key for instance in shown(view, snapshot)]
    if not there:
        return view
    now = there.index(view.selected) if view.selected in there else 0
    step = {"up": -1, "k": -1, "down": 1, "j": 1, "pageup": -10, "pagedown": 10}.get(key, 0)
    then = {"home": 0, "end": len(there) - 1}.get(key, now + step)
    return replace(view, selected=there[max(0, min(len(there) - 1, then))])


def _ask(view: View, key: str, snapshot: Snapshot) -> tuple[View, Action | None]:
    chosen = snapshot.find(view.selected)
    if chosen is None:
        return replace(view, notice="Nothing is selected."), None
    if key == "o":
        return view, Action("open", chosen)
    return replace(view, asked="restart" if key == "r" else "stop"), None


def _look(view: View, key: str, snapshot: Snapshot) -> View:
    if key == "?":
        return replace(view, mode="help")
    if key == "p":
        return replace(view, paused=not view.paused)
    if key == "/":
        return replace(view, typing=True, mode="table")
    if key in ("escape", "left"):
        return replace(view, mode="table", filter=view.filter if view.mode != "table" else "")
    if view.selected is None:
        return view
    if key in ("enter", "right"):
        return replace(view, mode="inside")
    if key == "l":
        return replace(view, mode="table" if view.mode == "log" else "log")
    return view
