"""`narvi-desktop logs`: since, follow through a rotation, as JSON, and the runtime's own."""

from __future__ import annotations

import datetime
import json
import signal
from pathlib import Path

import pytest

from narvi_desktop.cli.logs import parse_since
from tests.support.account import Account, make_app
from tests.support.waiting import PATIENCE, until

LINES = """2026-01-01 10:00:00.100 app first
2026-01-01 10:00:00.100 app Traceback
what has no time of its own
2026-01-02 11:30:00.000 narvi second
2026-01-03 09:00:00.000 app third
"""


@pytest.fixture
def log(account: Account) -> Path:
    make_app(account.home / "data/narvi-desktop/apps/mine")
    file = account.home / "state/narvi-desktop/log/mine.mine.log"
    file.parent.mkdir(parents=True)
    file.write_text(LINES)
    return file


def test_all_and_since(account: Account, log: Path) -> None:
    assert account.run("logs", "mine") == (0, LINES, "")
    for since, count in [("2026-01-02", 2), ("2026-01-02 11:30", 2), ("2026-01-02T11:30:01", 1), ("1m", 0)]:
        assert len(account.run("logs", "mine", "--since", since)[1].splitlines()) == count
    code, _, error = account.run("logs", "mine", "--since", "yesterday")
    assert code == 2 and "give a time such as 10m" in error


def test_as_json(account: Account, log: Path) -> None:
    documents = [json.loads(line) for line in account.run("logs", "mine", "--json")[1].splitlines()]
    first = {"schema": 1, "time": "2026-01-01 10:00:00.100", "source": "app", "text": "first"}
    assert documents[0] == first
    assert documents[2]["text"] == "what has no time of its own" and documents[3]["source"] == "narvi"


def test_followed_through_a_rotation(account: Account, log: Path) -> None:
    following = account.start("logs", "mine", "-f", "--since", "2026-01-03")
    assert following.stdout is not None
    assert "third" in following.stdout.readline()
    with log.open("a") as file:
        file.write("2026-01-04 09:00:00.000 app fourth\n")
    assert "fourth" in following.stdout.readline()
    log.rename(log.with_name("mine.mine.log.1"))
    log.write_text("2026-01-05 09:00:00.000 app \x1b[31mfifth\n")
    assert following.stdout.readline() == "2026-01-05 09:00:00.000 app \\x1b[31mfifth\n"
    following.send_signal(signal.SIGINT)
    assert following.communicate(timeout=PATIENCE)[1] == ""
    assert following.returncode == 0


def test_a_traceback_names_the_apps_line_first(account: Account) -> None:
    service = "class Mine:\n    def __init__(self, services):\n        self.deep()\n"
    service += "    def deep(self):\n        1 / 0\n"
    folder = make_app(account.home / "mine", service)
    assert account.run("open", str(folder), "--no-window")[0] == 1
    file = account.home / "state/narvi-desktop/log/mine.mine.log"
    until(lambda: "ZeroDivisionError: division by zero\n" in file.read_text())
    lines = [line.split(" ", 3)[-1] for line in file.read_text().splitlines()]
    assert lines[0] == (
        f"{folder}/service.py:5 in deep: ZeroDivisionError: division by zero (the service could not start)"
    )
    assert not any("narvi_desktop/worker" in line for line in lines)
    assert any("line 3, in __init__" in line for line in lines)


def test_the_runtimes_own(account: Account) -> None:
    account.json("open", "hello", "--no-window")
    code, out, _ = account.run("logs", "--runtime")
    assert code == 0 and "serves at http://127.0.0.1:" in out
    for arguments in ((), ("hello", "--runtime")):
        code, _, error = account.run("logs", *arguments)
        assert code == 2 and "Name an app, or --runtime" in error


def test_times() -> None:
    today = f"{datetime.datetime.now():%Y-%m-%d}"
    assert parse_since("13:05") == f"{today} 13:05:00" and parse_since("9:05") == f"{today} 09:05:00"
    assert parse_since("13:05:07") == f"{today} 13:05:07"
    assert parse_since("2h") < parse_since("10m") < f"{datetime.datetime.now():%Y-%m-%d %H:%M:%S}"
    for text in ("", "x", "10", "-5m", "25:00", "2026-13-01"):
        with pytest.raises(ValueError, match="--since"):
            parse_since(text)
