"""A NarviServer that runs on a thread of the test, and a small HTTP client without cookies or redirects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.programs import Program


@pytest.fixture
def make_program() -> Iterator[Callable[..., Program]]:
    programs: list[Program] = []

    def make(**options: Any) -> Program:
        programs.append(Program(**options))
        return programs[-1]

    yield make
    for program in programs:
        program.close()


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A file for an index.html."""
    path = tmp_path / "page.html"
    path.write_text("<!doctype html><title>Page</title>")
    return path
