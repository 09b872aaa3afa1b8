"""The package as a newcomer meets it: a fresh clone's scripts/run, and the wheel installed elsewhere."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.account import Account
from tests.support.waiting import until
from tests.support.windows import titles

ROOT = Path(__file__).resolve().parent.parent


def done(command: list[str], seat: Account, cwd: Path, **more: str) -> str:
    """Run to the end; what it printed."""
    environment = {name: value for name, value in seat.environment.items() if name != "VIRTUAL_ENV"} | more
    process = subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, timeout=900)
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout + process.stderr


@pytest.mark.slow
def test_a_fresh_clone_runs_notes_in_a_window(seat: Account) -> None:
    clone = seat.home / "clone"
    done(["git", "clone", "--quiet", str(ROOT), str(clone)], seat, seat.home)
    assert "Notes is open." in done(["./scripts/run", "notes"], seat, clone)
    assert len(titles(seat, "^Notes$")) == 1
    assert done(["./scripts/run", "notes"], seat, clone).strip() == "Notes is open already."


@pytest.mark.slow
def test_the_wheel_opens_notes_with_its_icon(seat: Account) -> None:
    place = seat.home / "elsewhere"
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    done([*pip, "wheel", "--no-deps", "--wheel-dir", str(seat.home), str(ROOT)], seat, seat.home)
    (wheel,) = seat.home.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if name.startswith(("tests", "scripts")) or "node_modules" in name]
    done([*pip, "install", "--no-deps", "--target", str(place), str(wheel)], seat, seat.home)
    ask = "import narvi_desktop; print(narvi_desktop.__file__)"
    found = done([sys.executable, "-c", ask], seat, Path("/"), PYTHONPATH=str(place))
    assert str(place) in found
    done([sys.executable, "-m", "narvi_desktop", "open", "notes"], seat, Path("/"), PYTHONPATH=str(place))
    (window,) = titles(seat, "^Notes$")
    properties = ["xprop", "-id", window, "-notype", "32c", "_NET_WM_ICON"]
    until(lambda: len(done(properties, seat, Path("/"))) > 1000)
