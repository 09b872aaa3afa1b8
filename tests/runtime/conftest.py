"""Parts of the runtime in the test's own process."""

from __future__ import annotations

from pathlib import Path

import pytest

from narvi_desktop.state.paths import Paths


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """The folders of a user who has nothing yet."""
    return Paths(*(tmp_path / name for name in ("config", "data", "state", "logs", "cache", "run"))).make()
