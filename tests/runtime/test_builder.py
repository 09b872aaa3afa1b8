"""The parts of a runtime, as they are built for a user."""

from __future__ import annotations

from narvi_desktop.runtime.builder import build
from narvi_desktop.state.config import Config
from narvi_desktop.state.paths import Paths


async def test_building_writes_and_serves_nothing(paths: Paths) -> None:
    parts = build(paths, Config(), None, stays=False)
    again = build(paths, Config(), None, stays=True)
    assert parts.sites.origins() == {} and parts.token != again.token
    assert not [file for folder in (paths.state, paths.run, paths.logs) for file in folder.iterdir()]
    for built in (parts, again):
        built.gateway.stop_accepting()
        await built.gateway.close(0)
