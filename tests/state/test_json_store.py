"""JSON files of the state folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from narvi_desktop.state import json_store


def parse(value: Any) -> dict[str, int]:
    return {str(name): int(number) for name, number in value.items()}


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "numbers.json"
    json_store.save(file, {"one": 1})
    assert json_store.load(file, parse, {"default": 0}) == {"one": 1}


@pytest.mark.parametrize("content", ["{not json", "[1]", '{"one": "x"}', "[" * 100_000])
def test_a_damaged_file_is_renamed(tmp_path: Path, content: str) -> None:
    file = tmp_path / "numbers.json"
    file.write_text(content)
    assert json_store.load(file, parse, {"default": 0}) == {"default": 0}
    assert (tmp_path / "numbers.json.bad").read_text() == content and not file.exists()


def test_what_cannot_be_read_or_written_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert json_store.load(tmp_path, parse, {"default": 0}) == {"default": 0}
    json_store.save(tmp_path / "missing" / "file.json", {})
    assert [record.message.split(":")[0] for record in caplog.records] == [
        f"{tmp_path} cannot be read",
        f"{tmp_path / 'missing' / 'file.json'} cannot be written",
    ]
