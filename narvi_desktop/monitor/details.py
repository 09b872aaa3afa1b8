"""Render the selected instance: its last error, its metrics, callbacks and sessions, and the end of its log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from .glyphs import Glyphs, colour, duration, number, quick, size
from .snapshot import History, Instance

_BAR = 16


def draw_details(
    instance: Instance, history: History, log: Sequence[str], width: int, room: int, glyphs: Glyphs
) -> list[Text]:
    """Return at most `room` lines: the most important part first, and some lines of each part."""
    parts = [
        _error(instance, 8 if room >= 20 else 1),
        _metrics(instance, history, width, glyphs),
        _callbacks(instance, history, width, glyphs),
        _sessions(instance, glyphs),
        [Text(line, style="dim") for line in log],
    ]
    lines = [_title(instance, width, glyphs)]
    left = room - 1
    waiting = [part for part in parts if part]
    for index, part in enumerate(waiting):
        share = max(1, left // (len(waiting) - index))
        # Of a log the last lines are of interest, of the other parts the first.
        taken = part[-share:] if index == len(waiting) - 1 and part is parts[-1] else part[:share]
        lines += taken[:left]
        left = room - len(lines)
    return lines[:room]


def _title(instance: Instance, width: int, glyphs: Glyphs) -> Text:
    facts = [
        glyphs.state(instance.state)[0],
        f"up {duration(instance.uptime)}" if instance.uptime else "",
        "" if instance.pid is None else f"process {instance.pid}",
        _counted(instance.requests, "request"),
        _counted(instance.errors, "error"),
        _counted(instance.restarts, "restart"),
        f"{instance.waiting} waiting" if instance.waiting else "",
    ]
    text = "  ".join([instance.name, *(fact for fact in facts if fact)])
    return Text(f"{glyphs.line * 2} {text} ".ljust(width, glyphs.line)[:width], style="dim")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}" if count else ""


def _error(instance: Instance, limit: int) -> list[Text]:
    lines = instance.last_error.strip().splitlines()
    return [Text(f" {line}", style="red" if index == 0 else "dim") for index, line in enumerate(lines[:limit])]


def _metrics(instance: Instance, history: History, width: int, glyphs: Glyphs) -> list[Text]:
    lines = []
    for name, value in instance.metrics.items():
        metadata = instance.metadata.get(name, {})
        text = Text(f" {name[:18]:<18} ")
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            _draw_number(text, instance, history, name, float(value), metadata, width, glyphs)
        else:
            text.append(str(value))
        lines.append(text)
    return lines


def _draw_number(
    text: Text,
    instance: Instance,
    history: History,
    name: str,
    value: float,
    metadata: dict[str, Any],
    width: int,
    glyphs: Glyphs,
) -> None:
    low, high = _limit(metadata.get("min")), _limit(metadata.get("max"))
    style = colour(metadata.get("colour"))
    unit = str(metadata.get("unit", ""))
    if unit.startswith("bytes"):
        text.append(f"{size(value) + unit[5:]:>8} {'':<6} ")
    else:
        text.append(f"{number(value):>8} {unit[:6]:<6} ")
    if low is not None and high is not None and width >= 60:
        text.append(glyphs.bar(value, _BAR, low, high) + " ", style=style)
    room = min(60, width - len(text.plain) - 1)
    text.append(glyphs.sparkline(history.values(instance.key, f"app.{name}"), room, low, high), style=style)


def _limit(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _callbacks(instance: Instance, history: History, width: int, glyphs: Glyphs) -> list[Text]:
    lines = []
    if instance.running is not None and instance.running.recent >= 1:
        what = f" {instance.running.name} has not returned for {duration(instance.running.recent)}"
        lines.append(Text(what, style="bold yellow"))
    for callback in sorted(instance.callbacks, key=lambda callback: -callback.recent):
        times = f"median {quick(callback.median)}  worst {quick(callback.worst)}"
        lines.append(Text(f" {callback.name[:24]:<24} {callback.count:>7} times  {times}"))
    return lines


def _sessions(instance: Instance, glyphs: Glyphs) -> list[Text]:
    arrows = ("↓", "↑") if glyphs.blocks else ("in", "out")
    return [
        Text(
            f" {session.id[:8]} {session.app[:16]:<16} {duration(session.age):>8}"
            f"  {arrows[0]} {session.messages_in} {size(session.bytes_in)}"
            f"  {arrows[1]} {session.messages_out} {size(session.bytes_out)}"
        )
        for session in instance.sessions
    ]
