"""What all tests share: a real server in the test's own loop, and pages that talk to it over real sockets."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from narvi_desktop.state.paths import Paths
from tests.support.account import Account, is_alive
from tests.support.screen import screen
from tests.support.server import Server, serve
from tests.support.waiting import until
from tests.support.windows import processes


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--edits", type=int, default=500, help="edits that each page of notes types (default 500)")
    parser.addoption("--windows", type=int, default=4, help="windows that are opened at once (default 4)")


@pytest.fixture
async def server(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Server]:
    """A server of the test's own, in its loop; `@pytest.mark.settings(Settings(...))` gives it others."""
    marker = request.node.get_closest_marker("settings")
    async with serve(tmp_path / "logs", marker.args[0] if marker is not None else None) as started:
        yield started


@pytest.fixture(params=["thread", "process"])
def isolation(request: pytest.FixtureRequest) -> str:
    """Both kinds of worker run the same code and pass the same tests."""
    return str(request.param)


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    with screen() as name:
        yield name


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    account = Account(tmp_path)
    yield account
    status = account.json("status")
    if status["running"]:
        os.kill(status["pid"], signal.SIGTERM)
        until(lambda: not is_alive(status["pid"]))


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """The folders of a user who has nothing yet."""
    return Paths(*(tmp_path / name for name in ("config", "data", "state", "logs", "cache", "run"))).make()


@pytest.fixture
def seat(display: str, tmp_path: Path) -> Iterator[Account]:
    """An account that sits at a screen."""
    account = Account(tmp_path)
    account.environment["DISPLAY"] = display
    yield account
    status = account.json("status")
    if status["running"]:
        account.run("stop")
    for browser in processes(account, b"--user-data-dir="):
        with contextlib.suppress(ProcessLookupError):
            os.kill(browser, signal.SIGKILL)
    if status["running"]:
        until(lambda: not is_alive(status["pid"]))
