"""The life of a runtime: started once, killed, stopped, and left by itself."""

from __future__ import annotations

import json
import os
import signal
import stat

from tests.support.account import Account, is_alive
from tests.support.waiting import PATIENCE, until


def test_the_record_is_private(account: Account) -> None:
    account.json("open", "hello", "--no-window")
    record = account.home / "state/narvi-desktop/run/runtime.json"
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    assert stat.S_IMODE(record.parent.stat().st_mode) == 0o700


def test_twenty_at_once_start_one_runtime(account: Account) -> None:
    starting = [account.start("open", "hello", "--no-window", "--json") for _ in range(20)]
    answers = [json.loads(process.communicate(timeout=PATIENCE)[0]) for process in starting]
    assert {process.returncode for process in starting} == {0}
    assert len({answer["url"] for answer in answers}) == 1
    assert len(account.json("status")["admin"]["hello"]["hello"]["instances"]["main"]) == 1


def test_a_killed_runtime_is_started_again_on_the_same_port(account: Account) -> None:
    first = account.json("open", "hello", "--no-window")
    pid = account.record()["pid"]
    os.kill(pid, signal.SIGKILL)
    until(lambda: not is_alive(pid))
    second = account.json("open", "hello", "--no-window")
    assert account.record()["pid"] != pid
    assert second["url"] == first["url"]


def test_a_sigterm_leaves_in_order(account: Account) -> None:
    account.json("open", "hello", "--no-window")
    pid = account.record()["pid"]
    os.kill(pid, signal.SIGTERM)
    until(lambda: not is_alive(pid))
    assert not (account.home / "state/narvi-desktop/run/runtime.json").exists()
    assert "Traceback" not in (account.home / "state/narvi-desktop/log/runtime.log").read_text()


def test_it_leaves_when_nothing_needs_it(account: Account) -> None:
    config = account.home / "config/narvi-desktop"
    config.mkdir(parents=True)
    quick = "leave_after = 1.5\nkeep_no_window = 0.2\nprinted_ticket_life = 0.2\nmonitoring_interval = 0.05\n"
    (config / "config.toml").write_text(f"[settings]\n{quick}")
    account.json("open", "hello", "--no-window")
    record = account.home / "state/narvi-desktop/run/runtime.json"
    until(lambda: not record.exists())
    assert account.json("status")["running"] is False


def test_serve_in_the_foreground(account: Account) -> None:
    process = account.start("serve")
    assert process.stdout is not None
    assert "Serving at http://127.0.0.1:" in process.stdout.readline()
    assert account.run("serve")[0] == 1
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    process.communicate()
