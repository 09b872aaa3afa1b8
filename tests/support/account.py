"""A user account for one test: its own folders and its own runtime."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.waiting import PATIENCE

APP = """
manifest = 1
workspace = "mine"
[services.mine]
class = "service:Mine"
service_id = "main"
[apps.mine]
title = "Mine"
web = "web"
[apps.second]
service = "mine"
web = "web"
"""


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
        assert "narvi_desktop/cli/main.py" not in error, error
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


def make_app(folder: Path, service: str = "class Mine:\n    def __init__(self, services): print('made')\n") -> Path:
    (folder / "web").mkdir(parents=True)
    (folder / "web" / "index.html").write_text("<title>Mine</title>")
    (folder / "narvi.toml").write_text(APP)
    (folder / "service.py").write_text(service)
    return folder
