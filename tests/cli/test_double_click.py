"""What a launcher starts: there is no terminal, so what goes wrong is shown in the browser."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.account import Account, make_app
from tests.support.waiting import until
from tests.support.windows import titles


def click(account: Account, *arguments: str) -> int:
    """Started as a desktop does: from the home folder, with nobody at the other end of its output."""
    browser = account.home / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >> {account.home}/browsed.txt\n')
    browser.chmod(0o755)
    root = str(Path(__file__).parents[2])
    environment = account.environment | {"BROWSER": str(browser), "PYTHONPATH": root}
    command = [sys.executable, "-m", "narvi_desktop.cli.double_click", *arguments]
    nothing = subprocess.DEVNULL
    done = subprocess.run(
        command, env=environment, cwd=account.home, stdin=nothing, stdout=nothing, stderr=nothing, check=False
    )
    return done.returncode


def told(account: Account) -> str:
    """The page that the browser was given."""
    browsed = account.home / "browsed.txt"
    until(lambda: browsed.exists() and browsed.read_text().endswith("\n"))
    return Path(browsed.read_text().strip().removeprefix("file://")).read_text()


def test_alone_it_opens_home_and_with_a_name_that_app(seat: Account) -> None:
    assert click(seat) == 0
    until(lambda: len(titles(seat, "^Home$")) == 1)
    assert click(seat, "open", "hello") == 0
    until(lambda: len(titles(seat)) == 1)
    assert not (seat.home / "browsed.txt").exists()


@pytest.mark.parametrize("given", ["<b>nothing</b>", "narvi://open/absent/absent", "narvi://stop/x/y"])
def test_what_cannot_be_opened_is_said_in_the_browser(account: Account, given: str) -> None:
    assert click(account, given) == 1
    page = told(account)
    assert "<title>narvi-desktop</title>" in page and "<b>nothing" not in page and "$" not in page
    assert ("There is no app" in page) or ("is no address of an app" in page)


def test_a_runtime_that_cannot_start_is_said_in_the_browser(account: Account) -> None:
    config = account.home / "config/narvi-desktop"
    config.mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (config / "config.toml").write_text(f"port = {port}\n")
        assert click(account, "open", "hello") == 1
    assert f"Port {port} is not available" in told(account)


def test_what_a_window_shows_is_not_said_twice(seat: Account) -> None:
    make_app(seat.home / "data/narvi-desktop/apps/mine", "class Mine:\n    def __init__(self, services): 1 / 0\n")
    assert click(seat, "open", "mine") == 1
    until(lambda: len(titles(seat, "Mine")) == 1)
    assert not (seat.home / "browsed.txt").exists()
