"""The short commands, where they need no runtime."""

from __future__ import annotations

from pathlib import Path

from tests.support.account import Account


def test_list_and_paths(account: Account) -> None:
    apps = account.json("list")
    assert "hello" in [app["app"] for app in apps["apps"]]
    paths = account.json("paths")
    assert paths["schema"] == 1 and paths["data"].startswith(str(account.home))


def test_stop_and_restart_start_nothing(account: Account) -> None:
    for command in (["stop"], ["restart", "hello"]):
        assert account.run(*command) == (3, "", "narvi-desktop: narvi-desktop is not running.\n")


def test_what_cannot_be_installed_or_removed(account: Account, tmp_path: Path) -> None:
    code, _, error = account.run("install", str(tmp_path / "none.zip"))
    assert code == 2 and "none.zip does not exist" in error
    code, _, error = account.run("remove", "hello")
    assert code == 2 and "hello cannot be removed: it comes with narvi-desktop" in error
