"""`narvi-desktop doctor`: what it finds on a healthy account and on broken ones, and what its report leaves out."""

from __future__ import annotations

import json
import os
import pty
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from narvi_desktop.cli.doctor.checks import Check, run_checks
from narvi_desktop.cli.doctor.main import format_lines
from tests.support.account import Account, make_app
from tests.support.waiting import PATIENCE


def examined(account: Account) -> tuple[int, dict[tuple[str, str], dict[str, Any]]]:
    """Exit code, and the checks by area and name."""
    code, out, error = account.run("doctor", "--json")
    document = json.loads(out)
    assert document["schema"] == 1 and document["ok"] is (code == 0), error
    assert all(check["state"] in ("ok", "note", "problem") for check in document["checks"])
    assert all(check["fix"] for check in document["checks"] if check["state"] == "problem")
    return code, {(check["area"], check["name"]): check for check in document["checks"]}


def test_a_healthy_account_at_a_screen(account: Account, display: str) -> None:
    account.environment["DISPLAY"] = display
    code, checks = examined(account)
    assert code == 0, checks
    assert checks["toolkit", "loads"]["state"] == "ok" and "platform xcb" in checks["toolkit", "loads"]["found"]
    assert checks["traps", "libraries"]["state"] == "ok"
    assert checks["runtime", "record"]["found"] == "narvi-desktop is not running"
    assert checks["menu", "launcher"]["fix"] == "narvi-desktop launcher add"
    code, out, _ = account.run("doctor")
    assert code == 0 and out.endswith("No problems found.\n") and "aiohttp 3" in out


def test_it_starts_no_runtime_and_makes_no_folder(account: Account) -> None:
    account.run("doctor")
    assert list(account.home.iterdir()) == []


def test_without_a_display(account: Account) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        account.environment.pop(name, None)
    code, checks = examined(account)
    assert code == 0 and checks["display", "display"]["state"] == "note"
    assert checks["toolkit", "loads"]["found"] == "not tried: there is no display"


@pytest.mark.parametrize(
    ("toolkit", "said"),
    [
        ("import os; os.abort()", "was ended by signal 6"),
        ("raise ImportError('libxcb-cursor.so.0: cannot open')", "ended with 1: ImportError: libxcb-cursor.so.0"),
    ],
)
def test_a_broken_toolkit_is_found_out_and_breaks_nothing(
    account: Account, display: str, toolkit: str, said: str, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    (broken / "qtpy").mkdir(parents=True)
    (broken / "qtpy" / "__init__.py").write_text(toolkit)
    root = str(Path(__file__).parents[3])
    environment = account.environment | {"DISPLAY": display, "PYTHONPATH": f"{broken}{os.pathsep}{root}"}
    command = [sys.executable, "-m", "narvi_desktop", "doctor", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = [check for check in json.loads(done.stdout)["checks"] if check["area"] == "toolkit"]
    assert done.returncode == 1 and found[0]["state"] == "problem" and said in found[0]["found"]


def test_a_running_runtime_and_a_record_that_nobody_may_trust(account: Account) -> None:
    account.json("open", "hello", "--no-window")
    _, checks = examined(account)
    assert f"process {account.record()['pid']}" in checks["runtime", "answers"]["found"]
    assert checks["ports", "known"]["found"] == "2 remembered, 2 in use by narvi-desktop"
    file = account.home / "state/narvi-desktop/run/runtime.json"
    file.chmod(0o644)
    code, checks = examined(account)
    file.chmod(0o600)
    assert code == 1 and checks["runtime", "record"]["state"] == "problem"


def test_what_is_broken_is_named_with_its_fix(account: Account) -> None:
    account.json("open", "hello", "--no-window")
    account.run("stop")
    state, config = account.home / "state/narvi-desktop", account.home / "config/narvi-desktop"
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text("port = 'x'")
    (state / "ports.json.bad").write_text("{")
    (account.home / "data/narvi-desktop").chmod(0o777)
    folder = make_app(account.home / "data/narvi-desktop/apps/mine")
    (folder / "narvi.toml").write_text("manifest = 2")
    port = json.loads((state / "ports.json").read_text())["hello"]["port"]
    with socket.create_server(("127.0.0.1", port)):
        code, checks = examined(account)
    assert code == 1
    assert "port must be" in checks["config", "config.toml"]["found"]
    assert checks["folders", "damaged file"]["found"].startswith(str(state / "ports.json.bad"))
    assert checks["folders", "data"]["fix"].startswith("chmod go-w")
    assert "the file must say: manifest = 1" in checks["apps", "mine"]["found"]
    assert f"port {port} of hello is used by another program" in checks["ports", "hello"]["found"]


def test_a_damaged_state_file_is_a_line_not_a_traceback(account: Account) -> None:
    state = account.home / "state/narvi-desktop"
    state.mkdir(parents=True)
    (state / "ports.json").write_text("{not json")
    code, checks = examined(account)
    assert code == 1 and "this check failed itself" in checks["ports", "check"]["found"]
    assert ("apps", "hello") in checks  # the others went on


def test_a_check_that_raises_and_how_lines_look() -> None:
    def fails() -> Iterator[Check]:
        yield Check("one", "first", "ok", "fine", "not shown")
        raise OSError("no paper")

    lines = list(format_lines(list(run_checks({"one": fails})), ascii_only=True))
    assert lines[0] == "o ok      one first  fine"
    assert lines[1] == "p problem one check  this check failed itself: OSError: no paper"
    assert lines[-1] == "1 problem found."


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
