"""Every command knows an app by the names that `status` and the monitor show, also one opened by its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from narvi_desktop.cli.find import find
from narvi_desktop.library.finder import AppNotFound
from narvi_desktop.state.names import AppRef
from narvi_desktop.state.paths import Paths
from tests.support.account import Account, make_app

NAMES = ("mine", "mine/mine", "mine/second", "mine/mine/main")


@pytest.mark.parametrize("name", NAMES)
def test_an_app_opened_by_its_folder_is_known_by_name(account: Account, name: str) -> None:
    make_app(account.home / "place")
    assert account.run("open", "./place", "--no-window")[0] == 0
    assert "mine/mine/main: idle" in account.run("status")[1]
    assert account.json("restart", name)["restarted"] == 1
    assert account.json("url", name)["ticket_url"].startswith("http://127.0.0.1:")
    assert account.json("open", name, "--no-window")["message"]
    code, out, error = account.run("logs", name)
    assert code == 0 and "made" in out, error
    assert account.json("stop", name)["stopped"] == 1
    # Known on, although nothing of it runs now, and in the next run.
    assert account.json("open", name, "--no-window")["message"]
    account.run("stop")
    assert account.json("open", name, "--no-window")["message"]


@pytest.mark.parametrize("name", ["nothing/at/all", "mine/other/main", "mine/mine/main"])
def test_an_instance_that_nobody_knows_starts_no_runtime(account: Account, name: str) -> None:
    code, _, error = account.run("open", name, "--no-window")
    assert code == 2 and f"There is no service {name.rpartition('/')[0]}." in error
    assert not account.json("status")["running"]


def test_the_service_id_of_an_instance_gives_way_to_the_option(account: Account) -> None:
    make_app(account.home / "place")
    account.run("open", "./place", "--no-window")
    code, _, error = account.run("url", "mine/mine/main", "--service-id", "other")
    assert code == 2 and "has one service id, 'main'" in error


def test_an_installed_app_wins_over_a_folder_that_was_opened(paths: Paths, tmp_path: Path) -> None:
    opened = make_app(tmp_path / "opened")
    paths.recent_apps.write_text(f'{{"{opened}": {{"at": 1, "service_ids": []}}}}')
    assert find(paths, AppRef("mine"), None).source.folder == opened
    installed = make_app(paths.installed / "mine")
    assert find(paths, AppRef("mine"), None).source.folder == installed


def test_a_folder_that_is_gone_is_not_found(paths: Paths, tmp_path: Path) -> None:
    paths.recent_apps.write_text(f'{{"{tmp_path / "gone"}": {{"at": 1, "service_ids": []}}}}')
    with pytest.raises(AppNotFound):
        find(paths, AppRef("mine"), None)


def test_code_below_the_folder_runs_in_the_folder(account: Account) -> None:
    place = make_app(account.home / "place")
    (place / "src").mkdir()
    (place / "service.py").unlink()
    (place / "src" / "helper.py").write_text("import os\ndef where(): return os.getcwd()\n")
    service = "import helper\nclass Mine:\n    def __init__(self, services): print('runs in', helper.where())\n"
    (place / "src" / "service.py").write_text(service)
    manifest = place / "narvi.toml"
    manifest.write_text('path = "src"\n' + manifest.read_text())
    assert account.run("open", "./place", "--no-window")[0] == 0
    assert f"runs in {place}\n" in account.run("logs", "mine")[1]
