"""config.toml: what is wrong in it is told, and the defaults are used."""

from __future__ import annotations

from pathlib import Path

import pytest

from narvi_desktop.settings import Settings
from narvi_desktop.state.config import Config, load


def written(folder: Path, text: str) -> Config:
    (folder / "config.toml").write_text(text)
    return load(folder)


def test_none_is_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path) == Config()


def test_what_a_person_may_set(tmp_path: Path) -> None:
    text = """
keep_running = true
port = 9000
trusted_threads = ["lab"]
[settings]
monitoring_interval = 0.5
leave_after = 3
session_limit = 7
restart_delays = [0.1, 1]
"""
    config = written(tmp_path, text)
    assert (config.keep_running, config.port, config.trusted_threads) == (True, 9000, ("lab",))
    # Half a second stays half a second, though the default is written as a whole number.
    assert config.settings.monitoring_interval == 0.5 and config.settings.leave_after == 3
    assert config.settings.session_limit == 7 and config.settings.restart_delays == (0.1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "keep_running = ",
        "port = 80",
        "port = 'x'",
        "[settings]\nnothing = 1",
        "[settings]\nleave_after = 'long'",
        "[settings]\nleave_after = true",
        "[settings]\nleave_after = nan",
        "[settings]\nmonitoring_interval = 0",
        "[settings]\nsession_limit = 1.5",
        "[settings]\nrestart_delays = 1",
        "[settings]\nrestart_delays = [-1]",
        "\x00",
    ],
)
def test_what_is_wrong_is_told_with_its_file(tmp_path: Path, text: str) -> None:
    config = written(tmp_path, text)
    assert str(tmp_path / "config.toml") in config.problem
    assert config.settings == Settings()
