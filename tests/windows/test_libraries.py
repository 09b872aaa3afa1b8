"""Which libraries the window toolkit lacks: asked of the loader, with a library really taken away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from narvi_desktop.windows import libraries

ROOT = Path(__file__).parents[2]

# In a mount namespace of its own: over the folder of libraries one of links to them, without the one.
TAKE_AWAY = r"""
set -eu
library=$1 real=$2 links=$3; shift 3
folder=$(dirname "$(ldconfig -p | sed -n "s/^\t$library .*=> //p" | head -n 1)")
folder=$(cd "$folder" && pwd -P)
mount --bind "$folder" "$real"
ln -s "$real"/* "$links"
rm "$links/$library"*
mount --bind "$links" "$folder"
exec "$@"
"""


def test_of_a_complete_machine_nothing_is_missing() -> None:
    assert libraries.toolkit_folders()
    assert libraries.missing_libraries() == []


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libXrandr.so.2", "libxrandr2"),
        ("libdbus-1.so.3", "libdbus-1-3"),
        ("libglib-2.0.so.0", "libglib2.0-0"),
        ("libgthread-2.0.so.0", "libglib2.0-0"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
        ("libnss3.so", "libnss3"),
        ("libplds4.so", "libnspr4"),
    ],
)
def test_the_package_of_a_library_by_debian_s_naming_rule(library: str, package: str) -> None:
    assert libraries.packages_of(library) == (package + "t64", package)


def test_a_name_that_is_no_library_has_no_package() -> None:
    assert libraries.packages_of("QtWebEngineProcess") == ()
    assert libraries.available_package("QtWebEngineProcess") is None


def test_a_library_that_no_package_holds() -> None:
    assert libraries.available_package("libnever-heard-of-it.so.99") is None


@pytest.fixture
def without(tmp_path: Path) -> Callable[..., str]:
    """Run a command of our Python on this machine as if a library were not there; returns its output."""

    def run(library: str, *command: str, **environment: str) -> str:
        folders = [tmp_path / "real", tmp_path / "links"]
        for folder in folders:
            folder.mkdir()
        # Root may make a mount namespace; others need a user namespace for it.
        flags = ["--mount"] if os.getuid() == 0 else ["--mount", "--user", "--map-root-user"]
        outer = ["unshare", *flags, "bash", "-c", TAKE_AWAY, "bash", library, *map(str, folders)]
        done = subprocess.run(
            [*outer, sys.executable, *command],
            env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    return run


@pytest.mark.parametrize(
    ("library", "package"), [("libXrandr.so.2", "libxrandr2"), ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0")]
)
def test_a_library_taken_away_is_found_with_its_package(
    without: Callable[..., str], library: str, package: str
) -> None:
    out = without(library, "-I", libraries.__file__)
    assert f"{library} {package}t64|{package}\n" in out


def test_the_doctor_names_the_library_and_what_to_install(without: Callable[..., str], display: str) -> None:
    out = without("libXrandr.so.2", "-m", "narvi_desktop", "doctor", "--json", DISPLAY=display)
    checks = {(check["area"], check["name"]): check for check in json.loads(out)["checks"]}
    assert checks["traps", "libraries"]["state"] == "problem"
    assert "libXrandr.so.2" in checks["traps", "libraries"]["found"]
    assert "libxrandr2" in checks["traps", "libraries"]["fix"]
    assert checks["toolkit", "loads"]["state"] == "problem"
