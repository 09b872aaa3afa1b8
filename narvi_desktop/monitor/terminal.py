"""Draws a snapshot as lines of text: of any size, with or without colour and block characters. Knows no terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from .details import inside
from .marks import Marks, duration, quick, size
from .snapshot import RUNTIME, History, Instance, Message, Snapshot
from .view import View, shown

HELP = """
 arrows, j k, home, end   choose an instance
 enter                    look inside: sessions, its own metrics, callbacks, its last error
 o                        open its window
 r                        restart it (asks first)
 s                        stop it (asks first)
 l                        follow its log
 /                        filter by name, app or state
 p                        pause, and go on
 esc                      back
 q                        quit; what runs goes on
"""
KEYS = " enter look  o open  r restart  s stop  l log  / filter  p pause  ? help  q quit"
_LEAST_TABLE = 3  # lines of the table that other parts leave


@dataclass(frozen=True)
class Column:
    """Shown when the terminal is at least `least` cells wide; numbers stand to the right."""

    title: str
    width: int
    least: int
    text: Callable[[Instance, Marks], str]
    right: bool = True


def _slowest(instance: Instance, marks: Marks) -> str:
    slowest = instance.slowest
    return marks.nothing if slowest is None else f"{slowest.name} {quick(slowest.recent)}"


COLUMNS = (
    Column("state", 12, 0, lambda instance, marks: marks.state(instance.state)[0], right=False),
    Column("for", 7, 44, lambda instance, marks: duration(instance.seconds)),
    Column("sess", 4, 52, lambda instance, marks: str(len(instance.sessions))),
    Column("msg/s", 6, 60, lambda instance, marks: f"{instance.rate:.{1 if instance.rate < 1000 else 0}f}"),
    Column("cpu%", 5, 66, lambda instance, marks: marks.nothing if instance.cpu is None else f"{instance.cpu:.1f}"),
    Column("mem", 4, 72, lambda instance, marks: marks.nothing if instance.memory is None else size(instance.memory)),
    Column("err", 4, 104, lambda instance, marks: str(instance.errors)),
    Column("rest", 4, 110, lambda instance, marks: str(instance.restarts)),
    Column("slowest callback", 18, 80, _slowest, right=False),
)


def draw(
    snapshot: Snapshot, view: View, history: History, log: Sequence[str], width: int, height: int, marks: Marks
) -> list[Text]:
    """At most `height` lines of at most `width` cells.

    Args:
        log: the last lines of the selected instance's log.
    """
    head = _head(snapshot, view, history, width, marks)
    foot = [_foot(view, snapshot, width)]
    room = height - len(foot) - (len(head) if height > 8 else min(1, height - 2))
    head = head[: height - len(foot) - room]
    chosen = snapshot.find(view.selected)
    if view.mode == "help":
        body = [Text(line) for line in HELP.strip("\n").splitlines()]
    elif view.mode == "log" and chosen is not None:
        body = [_rule(f"log of {chosen.name}  {chosen.log}", width, marks), *_log(log, room - 1)]
    elif view.mode == "inside" and chosen is not None:
        body = inside(chosen, history, log, width, room, marks)
    else:
        body = _overview(snapshot, view, history, log, width, room, marks)
    lines = [*head, *body[:room]]
    lines += [Text("")] * (height - len(foot) - len(lines))
    return [_fit(line, width) for line in [*lines, *foot]][:height]


def draw_waiting(width: int, height: int, marks: Marks) -> list[Text]:
    """While there is no runtime."""
    text = [
        Text("narvi-desktop", style="bold"),
        Text(""),
        Text(f"{marks.state('idle')[0].split()[0]} It is not running. Waiting for it…" if marks.blocks else
             "o It is not running. Waiting for it..."),
        Text("Open an app in another terminal: narvi-desktop open notes", style="dim"),
    ]
    lines = text[:1] + text[2:] if height < 6 else text
    lines = lines[: max(1, height - 1)]
    lines += [Text("")] * (height - 1 - len(lines))
    return [_fit(line, width) for line in [*lines, Text(" q quit", style="dim")]][:height]


def _head(snapshot: Snapshot, view: View, history: History, width: int, marks: Marks) -> list[Text]:
    own = snapshot.runtime
    first = Text.assemble((f"narvi-desktop {own.version}", "bold"), f"  {own.url}  up {duration(own.uptime)}")
    if view.paused:
        first.append("  paused", style="bold yellow")
    facts = [
        f"cpu {0 if own.cpu is None else own.cpu:.1f}%",
        f"mem {size(own.memory or 0)}",
        f"lag {own.lag * 1000:.0f}ms",
        f"{own.sessions} session{'' if own.sessions == 1 else 's'}",
        f"{own.rate:.1f} msg/s",
    ]
    second = Text("  ".join(facts))
    room = min(40, width - cell_len(second.plain) - 2)
    spark = marks.sparkline(history.values(RUNTIME, "app.messages"), room, 0, None)
    second.append("  " + spark, style="cyan")
    return [first, second]


def _foot(view: View, snapshot: Snapshot, width: int) -> Text:
    chosen = snapshot.find(view.selected)
    if view.asked is not None and chosen is not None:
        what = "its pages connect again" if view.asked == "restart" else "its pages lose it"
        return Text(f" {view.asked} {chosen.name}? {what}.  y yes  any other key no", style="bold yellow")
    if view.typing:
        return Text(f" filter: {view.filter}_   enter keeps it, esc clears it", style="bold")
    if view.notice:
        return Text(f" {view.notice}", style="bold")
    if view.filter:
        return Text(f" filter: {view.filter}  esc clears it", style="bold")
    keys = KEYS if view.mode == "table" else KEYS.replace("enter look", "esc back")
    short = " ? help  q quit"
    return Text(keys if width >= len(keys) else short, style="dim")


def _overview(
    snapshot: Snapshot, view: View, history: History, log: Sequence[str], width: int, room: int, marks: Marks
) -> list[Text]:
    there = shown(view, snapshot)
    spare = max(0, room - _LEAST_TABLE - 1)
    trace = _trace(snapshot.trace, width, min(4, spare // 5), marks)
    chosen = snapshot.find(view.selected)
    table_wants = max(_LEAST_TABLE, len(there)) + 1
    details_room = room - table_wants - len(trace)
    details_room = max(details_room, min(room // 2, room - _LEAST_TABLE - 1 - len(trace)))
    details = [] if chosen is None or details_room < 4 else inside(chosen, history, log, width, details_room, marks)
    table = _table(there, view, history, width, room - len(trace) - len(details), marks)
    if not there:
        some = "Nothing passes the filter." if view.filter else "No app runs. Open one: narvi-desktop open notes"
        table.append(Text(f" {some}", style="dim"))
    gap = room - len(table) - len(details) - len(trace)
    return [*table, *details, *[Text("")] * max(0, gap), *trace]


def _table(
    there: Sequence[Instance], view: View, history: History, width: int, room: int, marks: Marks
) -> list[Text]:
    columns = [column for column in COLUMNS if width >= column.least]
    taken = sum(column.width + 1 for column in columns) + 1
    # What is left is first for the name, then for the slowest callback, then for a sparkline.
    left = max(6, width - taken)
    name_width = min(left, 36)
    if columns[-1].title == "slowest callback":
        wider = min(12, left - name_width)
        columns[-1] = replace(columns[-1], width=columns[-1].width + wider)
        left -= wider
    spark = min(40, left - name_width - 1)
    lines = []
    if room > 2:
        titles = [_cell(column.title, column.width, column.right) for column in columns]
        if spark >= 8:
            titles.append("messages")
        lines.append(Text(" " + " ".join([_cell("instance", name_width), *titles]), style="bold dim"))
    fitting = room - len(lines)
    place = next((number for number, instance in enumerate(there) if instance.key == view.selected), 0)
    first = max(0, min(place - fitting // 2, len(there) - fitting))
    for instance in there[first : first + fitting]:
        lines.append(_row(instance, view, history, columns, name_width, spark, marks))
    return lines


def _row(
    instance: Instance,
    view: View,
    history: History,
    columns: Sequence[Column],
    name_width: int,
    spark: int,
    marks: Marks,
) -> Text:
    chosen = instance.key == view.selected
    line = Text(marks.pointer if chosen else " ", style="bold" if chosen else "")
    line.append(_cell(instance.name, name_width), style="bold" if chosen else "")
    for column in columns:
        style = marks.state(instance.state)[1] if column.title == "state" else ""
        line.append(" " + _cell(column.text(instance, marks), column.width, column.right), style=style)
    if spark >= 8:
        line.append(" " + marks.sparkline(history.values(instance.key, "messages"), spark, 0, None), style="cyan")
    return line


def _trace(messages: Sequence[Message], width: int, room: int, marks: Marks) -> list[Text]:
    if room < 2 or not messages:
        return []
    lines = [_rule("messages between apps", width, marks)]
    for message in messages[-(room - 1) :]:
        at = time.strftime("%H:%M:%S", time.localtime(message.time))
        arrow = "→" if marks.blocks else "->"
        found = ("", "") if message.found else ("  not found", "yellow")
        lines.append(Text.assemble(f" {at} {message.sender} {arrow} {message.target} {size(message.size)}", found))
    return lines


def _log(log: Sequence[str], room: int) -> list[Text]:
    return [Text(line) for line in log[-room:]] if log else [Text(" It has written nothing yet.", style="dim")]


def _rule(title: str, width: int, marks: Marks) -> Text:
    return Text(f"{marks.line * 2} {title} ".ljust(width, marks.line)[:width], style="dim")


def _cell(text: str, width: int, right: bool = False) -> str:
    plain = " ".join(text.split())
    if cell_len(plain) > width:
        return set_cell_size(plain, width)
    space = " " * (width - cell_len(plain))
    return space + plain if right else plain + space


def _fit(line: Text, width: int) -> Text:
    """One line of the terminal: control characters of foreign text are gone, and so is what is too much."""
    plain = "".join(character if character.isprintable() else "?" for character in line.plain)
    if plain != line.plain:
        line = Text(plain, style=line.style)
    line.truncate(width, overflow="crop")
    line.no_wrap = True
    return line
