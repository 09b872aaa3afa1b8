"""A user account of its own for every test: own folders, own runtime, ended with the test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PATIENCE


def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition of other processes."""
    end, pause = time.monotonic() + PATIENCE, 0.01
    while not condition():
        assert time.monotonic() < end, "the condition never came"
        # Many conditions start a program: asked without a break they take the processor from what they wait for.
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


class Account:
    """Runs the command line as a user of this account would."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        self.environment |= {
            "HOME": str(home),
            **{f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")},
        }

    def start(self, *arguments: str, cwd: Path | None = None) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "narvi_desktop", *arguments]
        environment = self.environment | {"PYTHONPATH": str(Path(__file__).parents[2])}
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=environment, cwd=cwd or self.home, stdout=pipe, stderr=pipe, text=True)

    def run(self, *arguments: str, cwd: Path | None = None) -> tuple[int, str, str]:
        process = self.start(*arguments, cwd=cwd)
        out, error = process.communicate(timeout=PATIENCE)
        assert "narvi_desktop/cli.py" not in error, error
        return process.returncode, out, error

    def json(self, *arguments: str) -> Any:
        code, out, error = self.run(*arguments, "--json")
        assert code in (0, 3), error
        return json.loads(out)

    def record(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.home / "state/narvi-desktop/run/runtime.json").read_text())
        return document


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    account = Account(tmp_path)
    yield account
    status = account.json("status")
    if status["running"]:
        os.kill(status["pid"], signal.SIGTERM)
        until(lambda: not is_alive(status["pid"]))
