"""The runtime's record."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from narvi_desktop.state.record import Record, read_record, write_record

RECORD = Record("1.2.3", 42, "http://127.0.0.1:20000", "a token")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "runtime.json"
    write_record(file, RECORD)
    assert read_record(file) == RECORD


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_record_that_others_may_read_or_write_is_not_trusted(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "runtime.json"
    write_record(file, RECORD)
    file.chmod(mode)
    assert read_record(file) is None


def test_a_link_is_not_trusted(tmp_path: Path) -> None:
    write_record(tmp_path / "real.json", RECORD)
    (tmp_path / "runtime.json").symlink_to(tmp_path / "real.json")
    assert read_record(tmp_path / "runtime.json") is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        json.dumps({"url": RECORD.url}),
        "[" * 100_000,
        json.dumps(asdict(replace(RECORD, url="http://elsewhere.example:20000"))),
        json.dumps({**asdict(RECORD), "token": 5}),
    ],
)
def test_a_damaged_record_or_one_of_another_machine_is_not_trusted(tmp_path: Path, content: str) -> None:
    file = tmp_path / "runtime.json"
    file.write_text(content)
    file.chmod(0o600)
    assert read_record(file) is None


def test_there_may_be_none(tmp_path: Path) -> None:
    assert read_record(tmp_path / "runtime.json") is None
