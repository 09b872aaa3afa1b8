"""A screen with a window manager, and somebody who sits at it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from tests.support.account import Account
from tests.support.screen import screen
from tests.support.waiting import until


@pytest.fixture(scope="module")
def managed() -> Iterator[str]:
    """A screen with a window manager, which leaves properties behind: no test without one comes after it."""
    assert shutil.which("openbox"), "tests of windows need openbox; ./scripts/test installs it"
    with screen() as display, contextlib.ExitStack() as stack:
        environment = os.environ | {"DISPLAY": display}
        manager = stack.enter_context(subprocess.Popen(["openbox"], env=environment, stderr=subprocess.DEVNULL))
        stack.callback(manager.terminate)

        def manages() -> bool:
            assert manager.poll() is None, "openbox has ended"
            asked = subprocess.run(["wmctrl", "-m"], env=environment, capture_output=True, check=False)
            return asked.returncode == 0

        until(manages)
        yield display


@pytest.fixture
def user(seat: Account, managed: str) -> Account:
    """An account at the managed screen, whose browser writes down what it is to open."""
    browser = seat.home / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >> {seat.home}/browsed.txt\n')
    browser.chmod(0o755)
    seat.environment |= {"BROWSER": str(browser), "DISPLAY": managed}
    return seat
