"""Render a snapshot as lines of text of any width and height. Nothing here writes to a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from narvi_desktop.text import replace_control_chars

from .details import draw_details
from .glyphs import Glyphs, duration, quick, size
from .snapshot import RUNTIME, History, Instance, Message, Snapshot
from .state import State, visible_instances

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
_MIN_TABLE = 3  # lines of the table that are shown even if other parts want the room


@dataclass(frozen=True)
class Column:
    """A column of the table, shown when the terminal is at least `min_width` cells wide."""

    title: str
    width: int
    min_width: int
    text: Callable[[Instance, Glyphs], str]
    right: bool = True


def _slowest(instance: Instance, glyphs: Glyphs) -> str:
    slowest = instance.slowest
    return glyphs.nothing if slowest is None else f"{slowest.name} {quick(slowest.recent)}"


COLUMNS = (
    Column("state", 12, 0, lambda instance, glyphs: glyphs.state(instance.state)[0], right=False),
    Column("for", 7, 44, lambda instance, glyphs: duration(instance.seconds)),
    Column("sess", 4, 52, lambda instance, glyphs: str(len(instance.sessions))),
    Column("msg/s", 6, 60, lambda instance, glyphs: f"{instance.rate:.{1 if instance.rate < 1000 else 0}f}"),
    Column("cpu%", 5, 66, lambda instance, glyphs: glyphs.nothing if instance.cpu is None else f"{instance.cpu:.1f}"),
    Column("mem", 4, 72, lambda instance, glyphs: glyphs.nothing if instance.memory is None else size(instance.memory)),
    Column("err", 4, 104, lambda instance, glyphs: str(instance.errors)),
    Column("rest", 4, 110, lambda instance, glyphs: str(instance.restarts)),
    Column("slowest callback", 18, 80, _slowest, right=False),
)


def draw(
    snapshot: Snapshot, state: State, history: History, log: Sequence[str], width: int, height: int, glyphs: Glyphs
) -> list[Text]:
    """Return at most `height` lines of at most `width` cells.

    Args:
        log: the last lines of the selected instance's log.
    """
    head = _head(snapshot, state, history, width, glyphs)
    foot = [_foot(state, snapshot, width)]
    room = height - len(foot) - (len(head) if height > 8 else min(1, height - 2))
    head = head[: height - len(foot) - room]
    chosen = snapshot.find(state.selected)
    if state.mode == "help":
        body = [Text(line) for line in HELP.strip("\n").splitlines()]
    elif state.mode == "log" and chosen is not None:
        body = [_rule(f"log of {chosen.name}  {chosen.log}", width, glyphs), *_log(log, room - 1)]
    elif state.mode == "inside" and chosen is not None:
        body = draw_details(chosen, history, log, width, room, glyphs)
    else:
        body = _overview(snapshot, state, history, log, width, room, glyphs)
    lines = [*head, *body[:room]]
    lines += [Text("")] * (height - len(foot) - len(lines))
    return [_fit(line, width) for line in [*lines, *foot]][:height]


def draw_waiting(width: int, height: int, glyphs: Glyphs) -> list[Text]:
    """Return what is shown while there is no runtime."""
    text = [
        Text("narvi-desktop", style="bold"),
        Text(""),
        Text(f"{glyphs.state('idle')[0].split()[0]} It is not running. Waiting for it…" if glyphs.blocks else
             "o It is not running. Waiting for it..."),
        Text("Open an app in another terminal: narvi-desktop open notes", style="dim"),
    ]
    lines = text[:1] + text[2:] if height < 6 else text
    lines = lines[: max(1, height - 1)]
    lines += [Text("")] * (height - 1 - len(lines))
    return [_fit(line, width) for line in [*lines, Text(" q quit", style="dim")]][:height]


def _head(snapshot: Snapshot, state: State, history: History, width: int, glyphs: Glyphs) -> list[Text]:
    own = snapshot.runtime
    first = Text.assemble((f"narvi-desktop {own.version}", "bold"), f"  {own.url}  up {duration(own.uptime)}")
    if state.paused:
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
    spark = glyphs.sparkline(history.values(RUNTIME, "app.messages"), room, 0, None)
    second.append("  " + spark, style="cyan")
    return [first, second]


def _foot(state: State, snapshot: Snapshot, width: int) -> Text:
    chosen = snapshot.find(state.selected)
    if state.asked is not None and chosen is not None:
        what = "its pages connect again" if state.asked == "restart" else "its pages lose it"
        return Text(f" {state.asked} {chosen.name}? {what}.  y yes  any other key no", style="bold yellow")
    if state.typing:
        return Text(f" filter: {state.filter}_   enter keeps it, esc clears it", style="bold")
    if state.notice:
        return Text(f" {state.notice}", style="bold")
    if state.filter:
        return Text(f" filter: {state.filter}  esc clears it", style="bold")
    keys = KEYS if state.mode == "table" else KEYS.replace("enter look", "esc back")
    short = " ? help  q quit"
    return Text(keys if width >= len(keys) else short, style="dim")


def _overview(
    snapshot: Snapshot, state: State, history: History, log: Sequence[str], width: int, room: int, glyphs: Glyphs
) -> list[Text]:
    visible = visible_instances(state, snapshot)
    spare = max(0, room - _MIN_TABLE - 1)
    trace = _trace(snapshot.trace, width, min(4, spare // 5), glyphs)
    chosen = snapshot.find(state.selected)
    table_wants = max(_MIN_TABLE, len(visible)) + 1
    details_room = room - table_wants - len(trace)
    details_room = max(details_room, min(room // 2, room - _MIN_TABLE - 1 - len(trace)))
    details: list[Text] = []
    if chosen is not None and details_room >= 4:
        details = draw_details(chosen, history, log, width, details_room, glyphs)
    table = _table(visible, state, history, width, room - len(trace) - len(details), glyphs)
    if not visible:
        some = "Nothing passes the filter." if state.filter else "No app runs. Open one: narvi-desktop open notes"
        table.append(Text(f" {some}", style="dim"))
    gap = room - len(table) - len(details) - len(trace)
    return [*table, *details, *[Text("")] * max(0, gap), *trace]


def _table(
    visible: Sequence[Instance], state: State, history: History, width: int, room: int, glyphs: Glyphs
) -> list[Text]:
    columns = [column for column in COLUMNS if width >= column.min_width]
    taken = sum(column.width + 1 for column in columns) + 1
    # Cells that the columns leave go to the name first, then to the slowest callback, then to a sparkline.
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
    index = next((number for number, instance in enumerate(visible) if instance.key == state.selected), 0)
    first = max(0, min(index - fitting // 2, len(visible) - fitting))
    for instance in visible[first : first + fitting]:
        lines.append(_row(instance, state, history, columns, name_width, spark, glyphs))
    return lines


def _row(
    instance: Instance,
    state: State,
    history: History,
    columns: Sequence[Column],
    name_width: int,
    spark: int,
    glyphs: Glyphs,
) -> Text:
    chosen = instance.key == state.selected
    line = Text(glyphs.pointer if chosen else " ", style="bold" if chosen else "")
    line.append(_cell(instance.name, name_width), style="bold" if chosen else "")
    for column in columns:
        style = glyphs.state(instance.state)[1] if column.title == "state" else ""
        line.append(" " + _cell(column.text(instance, glyphs), column.width, column.right), style=style)
    if spark >= 8:
        line.append(" " + glyphs.sparkline(history.values(instance.key, "messages"), spark, 0, None), style="cyan")
    return line


def _trace(messages: Sequence[Message], width: int, room: int, glyphs: Glyphs) -> list[Text]:
    if room < 2 or not messages:
        return []
    lines = [_rule("messages between apps", width, glyphs)]
    for message in messages[-(room - 1) :]:
        at = time.strftime("%H:%M:%S", time.localtime(message.time))
        arrow = "→" if glyphs.blocks else "->"
        found = ("", "") if message.found else ("  not found", "yellow")
        lines.append(Text.assemble(f" {at} {message.sender} {arrow} {message.target} {size(message.size)}", found))
    return lines


def _log(log: Sequence[str], room: int) -> list[Text]:
    return [Text(line) for line in log[-room:]] if log else [Text(" It has written nothing yet.", style="dim")]


def _rule(title: str, width: int, glyphs: Glyphs) -> Text:
    return Text(f"{glyphs.line * 2} {title} ".ljust(width, glyphs.line)[:width], style="dim")


def _cell(text: str, width: int, right: bool = False) -> str:
    plain = " ".join(text.split())
    if cell_len(plain) > width:
        return set_cell_size(plain, width)
    space = " " * (width - cell_len(plain))
    return space + plain if right else plain + space


def _fit(line: Text, width: int) -> Text:
    """Cut a line to the width, and replace the control characters that text from apps may hold."""
    plain = replace_control_chars(line.plain, "?")
    if plain != line.plain:
        line = Text(plain, style=line.style)
    line.truncate(width, overflow="crop")
    line.no_wrap = True
    return line
