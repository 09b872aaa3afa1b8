"""The commands `open` and `url`, with a real runtime."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import aiohttp
import pytest

from tests.support.account import APP, Account, make_app
from tests.support.waiting import PATIENCE


async def test_open_hello_and_speak_to_it(account: Account) -> None:
    answer = account.json("open", "hello", "--no-window")
    assert set(answer) >= {"schema", "workspace", "app", "service_id", "url", "ticket_url"}
    assert (answer["schema"], answer["workspace"], answer["service_id"]) == (1, "hello", "main")
    token = account.record()["token"]
    url = answer["url"].replace("index.html", "connect")
    client = aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"})
    async with client, client.ws_connect(url) as socket:
        await socket.receive_str(timeout=PATIENCE)
        await socket.send_str("Ada")
        assert "Ada" in await socket.receive_str(timeout=PATIENCE)


async def test_the_ticket_url_opens_the_page_once(account: Account) -> None:
    url = account.run("url", "hello")[1].strip()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(url) as page:
            assert (page.status, page.url.path) == (200, "/narvi/hello/hello/main/index.html")
        async with browser.get(page.url.with_path("/narvi/hello/hello/main/narvi/narvi.js")) as script:
            assert "start_narvi" in await script.text()


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


def test_without_a_screen_the_address_is_printed_with_one_line(account: Account) -> None:
    account.environment = {name: value for name, value in account.environment.items() if "DISPLAY" not in name}
    answer = account.json("open", "hello")
    assert answer["shown"] == "print"
    assert answer["message"] == (
        f"Hello has no window and no browser (there is no display); open this address: {answer['ticket_url']}"
    )
