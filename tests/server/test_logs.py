"""The log of an app: whole lines with their time, harmless, rotated, held to a rate."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from narvi_desktop.server.logs import AppLog, LineSplitter
from narvi_desktop.settings import Settings

LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (app|narvi) (.*)")


@pytest.fixture
def log(tmp_path: Path) -> AppLog:
    return AppLog(tmp_path / "logs" / "app.log", Settings())


def lines(log: AppLog) -> list[tuple[str, str]]:
    found = [LINE.fullmatch(line) for line in log.path.read_text().splitlines()]
    assert all(found), log.path.read_text()
    return [(match[1], match[2]) for match in found if match is not None]


def test_whole_lines_of_both_sources(log: AppLog) -> None:
    splitter = LineSplitter(log)
    for piece in (b"one\ntw", b"o\r\n", b"thr"):
        splitter.write(piece)
    log.log("ours\nand more")
    splitter.close()
    assert lines(log) == [("app", "one"), ("app", "two"), ("narvi", "ours"), ("narvi", "and more"), ("app", "thr")]
    assert log.tail(2) == "and more\nthr"


def test_nothing_in_it_moves_a_terminal(log: AppLog) -> None:
    LineSplitter(log).write(b"\x1b]0;owned\x07\x1b[31mred\x9b1m \xc2\x9b tab\there \xff\x00\n")
    data = log.path.read_bytes()
    assert b"\x1b" not in data and b"\x07" not in data and b"\x00" not in data and "\x9b".encode() not in data
    assert lines(log) == [("app", r"\x1b]0;owned\x07\x1b[31mred\x9b1m \x9b tab" + "\there " + r"\xff\x00")]


def test_two_workers_of_one_log_do_not_mix_their_lines(log: AppLog) -> None:
    def work(mark: bytes) -> None:
        splitter = LineSplitter(log)
        for _ in range(300):
            splitter.write(mark * 5)
            splitter.write(mark * 5 + b"\n")

    threads = [threading.Thread(target=work, args=(mark,)) for mark in (b"a", b"b", b"c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [text for _, text in lines(log)]
    assert len(found) == 900 and set(found) == {"a" * 10, "b" * 10, "c" * 10}


def test_a_line_without_end_is_cut(log: AppLog) -> None:
    splitter = LineSplitter(log)
    for _ in range(20):
        splitter.write(b"x" * 1000)
    splitter.close()
    assert sum(len(text) for _, text in lines(log)) == 20_000


def test_a_flood_is_dropped_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = AppLog(tmp_path / "app.log", replace(Settings(), log_rate=1000))
    now = [100.0]
    monkeypatch.setattr("narvi_desktop.server.logs.time.monotonic", lambda: now[0])
    for _ in range(100):
        log.write([b"x" * 99])
    assert len(lines(log)) == 10
    now[0] += 1
    log.write([b"again"])
    assert lines(log)[-2:] == [("narvi", "9000 bytes dropped"), ("app", "again")]


def test_it_is_rotated(tmp_path: Path) -> None:
    log = AppLog(tmp_path / "app.log", replace(Settings(), log_bytes=1000, log_files=3))
    for number in range(100):
        log.log(f"line {number}")
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["app.log", "app.log.1", "app.log.2"]
    assert all(path.stat().st_size <= 1000 for path in tmp_path.iterdir())
    assert lines(log)[-1] == ("narvi", "line 99")
