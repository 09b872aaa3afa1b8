"""The commands about apps and their services, with a real runtime."""

from __future__ import annotations

from pathlib import Path

from tests.support.account import Account, make_app
from tests.support.waiting import until


def test_restart_and_logs(account: Account, tmp_path: Path) -> None:
    folder = str(make_app(tmp_path / "app"))
    account.json("open", folder, "--no-window")
    assert account.json("restart", folder)["restarted"] == 1
    account.json("open", folder, "--no-window")
    until(lambda: account.run("logs", folder)[1].count("made") == 2)
