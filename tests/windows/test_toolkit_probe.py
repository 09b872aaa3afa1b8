"""The toolkit is loaded in a process of its own, which says what it found."""

from __future__ import annotations

import json
import os
import subprocess
import sys


def test_it_says_which_toolkit_it_has_loaded(display: str) -> None:
    environment = os.environ | {"DISPLAY": display, "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox"}
    command = [sys.executable, "-m", "narvi_desktop.windows.toolkit_probe"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    before, after = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    assert before == {"missing": {}}
    assert after["done"] is True and after["toolkit"].startswith("Qt 6.") and after["platform"] == "xcb"
    assert after["screens"] == [[0, 0, 1280, 800]]


def test_what_was_found_before_a_toolkit_aborts_is_there() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    command = [sys.executable, "-m", "narvi_desktop.windows.toolkit_probe"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0  # Qt aborts without a display
    assert json.loads(done.stdout.splitlines()[0]) == {"missing": {}}
