"""The command line with a real runtime: open, hand over, stop, and what survives a kill."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import stat
from pathlib import Path

import aiohttp
import pytest

from tests.support.account import APP, Account, is_alive, make_app
from tests.support.waiting import PATIENCE, until


def test_open_hello_and_speak_to_it(account: Account) -> None:
    answer = account.json("open", "hello", "--no-window")
    assert set(answer) >= {"schema", "workspace", "app", "service_id", "url", "ticket_url"}
    assert (answer["schema"], answer["workspace"], answer["service_id"]) == (1, "hello", "main")
    token = account.record()["token"]

    async def speak() -> str:
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as client:
            url = answer["url"].replace("index.html", "connect")
            async with client.ws_connect(url) as socket:
                await socket.receive_str(timeout=PATIENCE)
                await socket.send_str("Ada")
                return await socket.receive_str(timeout=PATIENCE)

    assert "Ada" in asyncio.run(speak())


def test_the_ticket_url_opens_the_page_once(account: Account) -> None:
    url = account.run("url", "hello")[1].strip()

    async def visit() -> str:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
            async with browser.get(url) as page:
                assert (page.status, page.url.path) == (200, "/narvi/hello/hello/main/index.html")
            async with browser.get(page.url.with_path("/narvi/hello/hello/main/narvi/narvi.js")) as script:
                return await script.text()

    assert "start_narvi" in asyncio.run(visit())


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


def test_a_folder_by_path_makes_its_other_apps_known(account: Account, tmp_path: Path) -> None:
    make_app(tmp_path / "my app")
    assert account.json("open", "./my app", "--no-window")["app"] == "mine"
    instances = account.json("status")["admin"]["mine"]["mine"]
    assert [app["app_name"] for app in instances["apps"]] == ["mine", "second"]


def test_a_workspace_belongs_to_who_claimed_it(account: Account, tmp_path: Path) -> None:
    first, second = make_app(tmp_path / "one"), make_app(tmp_path / "two")
    account.json("open", str(first), "--no-window")
    code, _, error = account.run("open", str(second), "--no-window")
    assert code == 2 and str(first) in error and str(second) in error


def test_a_broken_constructor_prints_its_traceback(account: Account, tmp_path: Path) -> None:
    folder = make_app(tmp_path / "bad", "class Mine:\n    def __init__(self, services): raise ValueError('no luck')\n")
    code, _, error = account.run("open", str(folder), "--no-window")
    assert code == 1 and "ValueError: no luck" in error and "service.py" in error and ".log" in error
    short = account.run("status")[1]
    assert re.search(rf"^mine/mine/main: \w+ {folder}/service.py:2 in __init__: ValueError: no luck", short, re.M)


def test_restart_and_logs(account: Account, tmp_path: Path) -> None:
    folder = str(make_app(tmp_path / "app"))
    account.json("open", folder, "--no-window")
    assert account.json("restart", folder)["restarted"] == 1
    account.json("open", folder, "--no-window")
    until(lambda: account.run("logs", folder)[1].count("made") == 2)


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


@pytest.mark.parametrize(("workspace", "reason"), [("notes", "narvi-desktop's own app"), ("desktop", "reserved")])
def test_nobody_else_gets_a_workspace_of_ours(account: Account, workspace: str, reason: str) -> None:
    folder = make_app(account.home / "mine")
    (folder / "narvi.toml").write_text(APP.replace('workspace = "mine"', f'workspace = "{workspace}"'))
    for text in (str(folder), str(make_installed(account, folder))):
        code, _, error = account.run("open", text, "--no-window")
        assert code == 2 and reason in error and text in error
    assert account.run("open", "notes", "--no-window")[0] == 0


def make_installed(account: Account, folder: Path) -> Path:
    """The same folder among the installed apps."""
    return Path(shutil.copytree(folder, account.home / "data/narvi-desktop/apps/mine"))


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


def test_without_a_screen_the_address_is_printed_with_one_line(account: Account) -> None:
    account.environment = {name: value for name, value in account.environment.items() if "DISPLAY" not in name}
    answer = account.json("open", "hello")
    assert answer["shown"] == "print"
    assert answer["message"] == (
        f"Hello has no window and no browser (there is no display); open this address: {answer['ticket_url']}"
    )
