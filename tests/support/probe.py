"""An app whose page says what happens to it, and is acted on by real keys and mice."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from tests.support.account import Account
from tests.support.devtools import DevTools
from tests.support.waiting import PATIENCE, until
from tests.support.windows import titles

MANIFEST = """
manifest = 1
workspace = "probe"
[services.probe]
class = "service:Probe"
service_id = "main"
parameters = { folder = "{data}" }
[apps.probe]
title = "Probe"
web = "web"
"""


SERVICE = """
from pathlib import Path
class Probe:
    def __init__(self, services, folder):
        self.said = Path(folder) / "said.txt"
        services.add_message_listener(lambda message, session: self.said.open("a").write(message + "\\n"))
"""


PAGE = """<!doctype html><title>Probe page</title>
<a href="http://elsewhere.invalid/page?x=1">out</a>
<a href="file.txt" download="a b.txt">save</a>
<button onclick="probe.hold_window('Two words are not saved.'); tell('held')">hold</button>
<button onclick="probe.hold_window(null); tell('free')">let go</button>
<button onclick="location.href = 'http://elsewhere.invalid/script'">leave</button>
<script src="narvi/narvi.js"></script>
<script>
const visits = Number(localStorage.getItem("visits") ?? 0) + 1
localStorage.setItem("visits", visits)
const probe = start_narvi(class {})
const tell = (what) => probe.send(JSON.stringify({ what, visits, zoom: devicePixelRatio }))
tell("here")
addEventListener("resize", () => tell("resized"))
</script>"""


class Probe:
    """The app, its one window, and what its page has said."""

    def __init__(self, seat: Account, page: str = PAGE, more: str = "") -> None:
        self.seat = seat
        self.devtools = DevTools(seat)
        self.folder = seat.home / "data/narvi-desktop/apps/probe"
        (self.folder / "web").mkdir(parents=True)
        (self.folder / "narvi.toml").write_text(MANIFEST + more)
        (self.folder / "service.py").write_text(SERVICE)
        (self.folder / "web" / "index.html").write_text(page)
        (self.folder / "web" / "file.txt").write_text("what was asked for")

    def open(self, *more: str) -> None:
        self.seat.json("open", "probe", *more)

    def said(self) -> list[dict[str, Any]]:
        file = self.seat.home / "data/narvi-desktop/data/probe/said.txt"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def until_said(self, what: str, count: int = 1) -> dict[str, Any]:
        until(lambda: self.count(what) >= count)
        return [one for one in self.said() if one["what"] == what][-1]

    def window(self, title: str = "^Probe page$") -> str:
        found: list[list[str]] = []

        def is_there() -> bool:
            found.append(titles(self.seat, title))
            return len(found[-1]) == 1

        until(is_there)
        return found[-1][0]

    def run(self, *command: str) -> str:
        process = subprocess.run(
            command, env=self.seat.environment, capture_output=True, text=True, check=True, timeout=PATIENCE
        )
        return process.stdout

    def press(self, *keys: str, title: str = "^Probe page$") -> None:
        self.run("xdotool", "windowfocus", "--sync", self.window(title), "key", *keys)

    def press_on_error_page(self, key: str) -> None:
        """Press a key on the page that stands in for the app's, once it is ready for keys."""
        self.run("xdotool", "windowfocus", "--sync", self.window("^Probe$"))
        self.devtools.until_ready_for_keys("/narvi/desktop/broken/")
        self.run("xdotool", "key", key)

    def count(self, what: str) -> int:
        return sum(one["what"] == what for one in self.said())

    def close(self) -> None:
        self.run("wmctrl", "-i", "-c", self.window())

    def place(self) -> list[int]:
        """x, y, width and height of the content, as the window manager sees them."""
        wanted = f"{int(self.window()):#010x}"
        line = next(line for line in self.run("wmctrl", "-lG").splitlines() if line.startswith(wanted))
        return [int(number) for number in line.split()[2:6]]

    def kept(self) -> dict[str, Any]:
        file = self.seat.home / "state/narvi-desktop/places.json"
        known = json.loads(file.read_text()) if file.exists() else {}
        place: dict[str, Any] = known.get("probe/probe/main", {})
        return place

    def instances(self) -> dict[str, Any]:
        found: dict[str, Any] = self.seat.json("status")["admin"]["probe"]["probe"]["instances"]
        return found
