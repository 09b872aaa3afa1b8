"""The command `status`, with a real runtime."""

from __future__ import annotations

import os
import signal

from tests.support.account import Account, is_alive
from tests.support.waiting import until


def test_status_before_during_and_after(account: Account) -> None:
    assert account.json("status") == {"schema": 1, "running": False}
    assert account.run("status")[0] == 3
    account.json("open", "hello", "--no-window")
    status = account.json("status")
    assert status["running"] and status["url"].startswith("http://127.0.0.1:")
    assert "main" in status["admin"]["hello"]["hello"]["instances"]
    assert account.run("stop")[0] == 0
    until(lambda: not is_alive(status["pid"]))
    assert account.run("stop")[0] == 3


def test_each_workspace_has_its_own_address_and_the_record_names_that_of_desktop(account: Account) -> None:
    hello, notes = (account.json("open", name, "--no-window")["url"] for name in ("hello", "notes"))
    status = account.json("status")
    assert hello.startswith(status["sites"]["hello"] + "/narvi/hello/")
    assert notes.startswith(status["sites"]["notes"] + "/narvi/notes/")
    assert account.record()["url"] == status["url"] == status["sites"]["desktop"]
    assert len(set(status["sites"].values())) == 3
    assert f"hello/hello/main: idle, 0 sessions at {status['sites']['hello']}\n" in account.run("status")[1]
    pid = account.record()["pid"]
    os.kill(pid, signal.SIGKILL)
    until(lambda: not is_alive(pid))
    assert account.json("open", "notes", "--no-window")["url"] == notes
    assert account.record()["url"] == status["url"]
