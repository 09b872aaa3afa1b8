"""The command line where no runtime is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.account import Account


@pytest.fixture
def alone(tmp_path: Path) -> Account:
    return Account(tmp_path)


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
