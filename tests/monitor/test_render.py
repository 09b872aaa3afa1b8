"""What is drawn for a set of snapshots: fixed size, no colour, read as text."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from narvi_desktop.monitor.glyphs import Glyphs
from narvi_desktop.monitor.render import draw, draw_waiting
from narvi_desktop.monitor.snapshot import History
from narvi_desktop.monitor.state import Mode, State, with_valid_selection
from tests.monitor.documents import document, instance, measured, message, service

BLOCKS, PLAIN = Glyphs(True), Glyphs(False)
KEY = ("notes", "notes", "main", 0)


def drawn(
    told: dict[str, Any],
    state: State | None = None,
    width: int = 80,
    height: int = 24,
    glyphs: Glyphs = BLOCKS,
    log: tuple[str, ...] = (),
) -> list[str]:
    history = History()
    snapshot = history.feed(told)
    lines = draw(snapshot, with_valid_selection(state or State(), snapshot), history, log, width, height, glyphs)
    assert len(lines) == height
    assert all(cell_len(line.plain) <= width for line in lines), lines
    return [line.plain.rstrip() for line in lines]


def one(**more: Any) -> dict[str, Any]:
    return document({"notes": {"notes": service({"main": [instance(**more)]})}})


def test_a_whole_screen() -> None:
    callbacks = {"on_message": {"count": 12, "median": 0.002, "worst": 1.2, "recent_worst": 1.2}}
    told = document(
        {
            "notes": {"notes": service({"main": [instance(measured=measured(callbacks=callbacks))]})},
            "lab": {"probe": service({}, not_running={"main": {"state": "failed", "seconds": 9, "error": "no luck"}})},
        },
        [message(), message(found=False)],
    )
    lines = drawn(told, State(selected=KEY))
    assert lines[0] == "narvi-desktop 1.2.3  http://127.0.0.1:20000  up 1h 01m"
    assert lines[1].startswith("cpu 0.5%  mem 41M  lag 2ms  1 session  1.5 msg/s")
    assert lines[2].split() == ["instance", "state", "for", "sess", "msg/s", "cpu%", "mem", "slowest", "callback"]
    assert lines[3].split() == ["lab/probe", "✗", "failed", "9s", "0", "0.0", "–", "–", "–"]
    assert lines[4].split() == ["▸notes", "●", "running", "1m", "05s", "1", "1.5", "2.2", "12M", "on_message", "1.2s"]
    assert lines[5].startswith("── notes  ● running  up 1m 05s  process 4711 ─")
    text = "\n".join(lines)
    assert "on_message                    12 times  median 2.0ms  worst 1.2s" in text
    assert "02345678 notes                  5s  ↓ 1 10B  ↑ 2 2.0K" in text
    assert "a/a/main → b/b/main 7B" in text and "7B  not found" in text
    assert lines[-1].strip() == "enter look  o open  r restart  s stop  l log  / filter  p pause  ? help  q quit"


def test_the_same_without_block_characters_is_ascii() -> None:
    told = document({"notes": {"notes": service({"main": [instance()]})}}, [message()])
    for state in (State(), State(mode="inside", selected=KEY), State(mode="help"), State(mode="log", selected=KEY)):
        assert "\n".join(drawn(told, state, 120, 40, PLAIN)).isascii()
    assert "\n".join(line.plain for line in draw_waiting(80, 24, PLAIN)).isascii()


@pytest.mark.parametrize(("state", "symbol"), [
    ("running", "●"), ("idle", "○"), ("starting", "◌"), ("stuck", "▲"), ("restarting", "↻"), ("failed", "✗"),
])  # fmt: skip
def test_a_state_is_a_word_and_a_symbol(state: str, symbol: str) -> None:
    assert f"{symbol} {state}" in drawn(one(state=state))[3]


@pytest.mark.parametrize("size", [(10, 3), (20, 5), (1, 1), (80, 24), (80, 2), (200, 60), (33, 100), (500, 4)])
@pytest.mark.parametrize("mode", ["table", "inside", "log", "help"])
def test_any_size(size: tuple[int, int], mode: Any) -> None:
    services = {f"app{number}": service({"main": [instance()]}) for number in range(30)}
    told = document({"notes": {"notes": service({"main": [instance()]}), **services}}, [message()])
    drawn(told, State(mode=mode, selected=KEY, paused=True), *size, log=("a line " * 30,) * 50)
    draw_waiting(*size, BLOCKS)


def test_ten_by_three_still_says_what_runs() -> None:
    text = "\n".join(drawn(one(), width=24, height=3))
    assert "notes" in text and "running" in text


def test_the_selected_one_is_always_in_sight() -> None:
    services = {f"app{number:02}": service({"main": [instance()]}) for number in range(40)}
    for number in (0, 20, 39):
        state = State(selected=("lab", f"app{number:02}", "main", 0))
        assert any(f"▸lab/app{number:02}" in line for line in drawn(document({"lab": services}), state, 80, 15))


def test_own_metrics_as_bars_and_sparklines_within_their_limits() -> None:
    metadata = {"load": {"min": 0, "max": 10, "colour": "tomato", "unit": "x"}, "odd": {"min": "a", "colour": 7}}
    rounds = [[20.0, {"load": 10, "odd": 3, "mood": "calm"}], [18.0, {"load": 5}], [16.0, {"load": 0}]]
    told = one(metrics=rounds, metrics_metadata=metadata)
    lines = drawn(told, State(mode="inside", selected=KEY), 100, 24)
    load = next(line for line in lines if line.startswith(" load"))
    assert "10 x" in load and "████████████████" in load and load.endswith("▁▅█")
    assert any(line.split() == ["mood", "calm"] for line in lines)
    assert any(line.startswith(" odd") for line in lines)


def test_the_last_error_leads_with_its_place() -> None:
    error = "/home/a/service.py:3 in on_message: ValueError: no luck (the message callback failed)\nTraceback"
    lines = drawn(one(measured=measured(last_error=error, errors=2)), State(selected=KEY))
    assert any(line.startswith(" /home/a/service.py:3 in on_message: ValueError") for line in lines)
    assert any("2 errors" in line for line in lines)


def test_a_callback_that_does_not_return() -> None:
    stuck = one(state="stuck", seconds=40, measured=measured(running={"name": "on_message", "seconds": 40.0}))
    lines = drawn(stuck, State(selected=KEY))
    assert "▲ stuck" in lines[3] and "on_message 40.0s" in lines[3]
    assert any("on_message has not returned for 40s" in line for line in lines)


def test_foreign_text_is_only_text() -> None:
    evil = "\x1b]0;owned\x07\x1b[31m\nnext [bold]markup[/bold]"
    told = document(
        {evil: {evil: service({evil: [instance(metrics=[[20.0, {evil: evil}]], measured=measured(last_error=evil))]})}}
    )
    modes: tuple[Mode, ...] = ("table", "inside", "log")
    for mode in modes:
        state = State(mode=mode, selected=(evil, evil, evil, 0))
        lines = drawn(told, state, 200, 30, log=(evil,))
        assert all(line.isprintable() for line in lines)
        assert mode == "table" or any("[bold]markup[/bold]" in line for line in lines)


def test_what_is_asked_and_typed_stands_below() -> None:
    assert drawn(one(), State(selected=KEY, asked="stop"))[-1].strip().startswith("stop notes? its pages lose it.")
    assert drawn(one(), State(typing=True, filter="no"))[-1].strip().startswith("filter: no_")
    assert "paused" in drawn(one(), State(paused=True))[0]


def test_nothing_runs() -> None:
    assert any("No app runs." in line for line in drawn(document({})))
    assert any("Nothing passes the filter." in line for line in drawn(one(), State(filter="zzz")))
    waiting = [line.plain for line in draw_waiting(80, 24, BLOCKS)]
    assert any("not running. Waiting" in line for line in waiting)


def test_instances_that_are_not_shared_keep_their_history_when_one_ends() -> None:
    def told(*numbers: int) -> dict[str, Any]:
        instances = [instance(number=number, measured_history=[[20.0, {"messages": number}]]) for number in numbers]
        return document({"lab": {"probe": service({"main": instances}, shared=False)}})

    history = History()
    history.feed(told(7, 8, 9))
    history.feed(told(9, 8))
    assert [history.values(("lab", "probe", "main", number), "messages") for number in (7, 8, 9)] == [[], [8.0], [9.0]]
    assert any("lab/probe #8" in line for line in drawn(told(7, 8)))


def test_history_grows_by_what_is_new_and_forgets_what_has_gone() -> None:
    history = History()
    history.feed(one())
    assert history.values(KEY, "messages") == [1.0, 2.0]
    newer = instance(measured_history=[[22.0, {"messages": 5.0}], [20.0, {"messages": 2.0}]])
    history.feed(document({"notes": {"notes": service({"main": [newer]})}}, at=22.0))
    assert history.values(KEY, "messages") == [1.0, 2.0, 5.0]
    history.feed(document({}))
    assert history.values(KEY, "messages") == []
