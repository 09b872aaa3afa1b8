"""The report of the doctor: what it contains, and what it leaves out."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.account import Account
from tests.support.waiting import PATIENCE

SECRETS = ("hunter2", "tick-et_123456789", "cookievalue99", "abc.def.ghi", "pa55")


@pytest.fixture
def leaky(account: Account) -> Account:
    """Runs, and has planted secrets wherever a report looks."""
    account.json("open", "hello", "--no-window")
    config = account.home / "config/narvi-desktop"
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text('api_key = "hunter2"\n')
    with (account.home / "state/narvi-desktop/log/hello.hello.log").open("a") as log:
        log.write("x http://127.0.0.1:1/ticket/tick-et_123456789 and Cookie: narvi_20000=cookievalue99; a=b\n")
        log.write(f"Authorization: Bearer abc.def.ghi\nMY_PASSWORD=hunter2\nhttps://me:pa55@host/\n{account.home}/x\n")
        log.write(f"token {account.record()['token']}\n")
    return account


def test_the_report_holds_what_helps_and_no_secret(leaky: Account) -> None:
    code, out, error = leaky.run("doctor", "--report", "help.zip", "--yes")
    assert code == 0 and "No problems found." in out, out
    assert "log/hello.hello.log" in error and error.endswith("help.zip is written; it was sent to nobody.\n")
    file = leaky.home / "help.zip"
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert {"doctor.txt", "doctor.json", "config.toml", "log/hello.hello.log", "log/runtime.log"} <= set(texts)
    assert json.loads(texts["doctor.json"])["schema"] == 1
    whole = "\n".join(texts.values())
    for secret in (*SECRETS, leaky.record()["token"], str(leaky.home)):
        assert secret not in whole, secret
    assert "~/x" in whole and "/ticket/[removed]" in whole


def test_a_report_is_not_written_over_anything_and_not_unasked(leaky: Account) -> None:
    (leaky.home / "there.zip").write_text("mine")
    code, _, error = leaky.run("doctor", "--report", "there.zip", "--yes")
    assert code == 2 and "there.zip cannot be written: File exists." in error
    assert (leaky.home / "there.zip").read_text() == "mine"
    command = [sys.executable, "-m", "narvi_desktop", "doctor", "--report", "new.zip"]
    environment = leaky.environment | {"PYTHONPATH": str(Path(__file__).parents[3])}
    options: dict[str, Any] = {"env": environment, "cwd": leaky.home, "text": True, "check": False}
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, **options)
    assert done.returncode == 2 and "add --yes" in done.stderr and not (leaky.home / "new.zip").exists()


@pytest.mark.parametrize(("answer", "written"), [("n", False), ("", False), ("y", True)])
def test_a_person_is_asked(leaky: Account, answer: str, written: bool) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "narvi_desktop", "doctor", "--report", "new.zip"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=leaky.environment | {"PYTHONPATH": str(Path(__file__).parents[3])},
        cwd=leaky.home,
        text=True,
    )
    os.write(ours, answer.encode() + b"\n")
    _, error = process.communicate(timeout=PATIENCE)
    os.close(ours)
    os.close(theirs)
    assert "Write new.zip? It stays on this machine. [y/N]" in error
    assert (leaky.home / "new.zip").exists() is written
