"""The command line where no runtime is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from narvi_desktop.text import escape_control_chars
from tests.support.account import Account


@pytest.fixture
def alone(tmp_path: Path) -> Account:
    return Account(tmp_path)


def test_list_and_paths(alone: Account) -> None:
    apps = alone.json("list")
    assert "hello" in [app["app"] for app in apps["apps"]]
    paths = alone.json("paths")
    assert paths["schema"] == 1 and paths["data"].startswith(str(alone.home))


def test_a_missing_app_names_what_is_near(alone: Account) -> None:
    code, _, error = alone.run("open", "helo")
    assert code == 2 and "There is no app 'helo'. Did you mean hello" in error


def test_a_folder_of_that_name_here(alone: Account) -> None:
    (alone.home / "mine").mkdir()
    (alone.home / "mine" / "narvi.toml").write_text("manifest = 1")
    assert "did you mean ./mine" in alone.run("open", "mine")[2]


def test_a_typo_in_an_option_is_a_usage_error(alone: Account) -> None:
    code, _, error = alone.run("open", "hello", "--nothing")
    assert code == 2 and "Traceback" not in error


def test_foreign_text_is_made_escape_control_chars() -> None:
    assert escape_control_chars("a\x1b[31mb\x07\n") == "a\\x1b[31mb\\x07\n"
