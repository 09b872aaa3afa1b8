"""Windows that a killed runtime has left open."""

from __future__ import annotations

from narvi_desktop.control.requests import OpenOptions
from narvi_desktop.runtime.window_restore import WindowRestore
from narvi_desktop.state.names import WindowKey
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.session_restore import OpenWindow, write_open_windows
from narvi_desktop.windows.types import WindowOptions
from tests.support.account import make_app
from tests.support.runtime import runtime_parts


def window(number: int, key: WindowKey, target: str) -> OpenWindow:
    return OpenWindow(str(number), key, WindowOptions("Mine", target=target).to_file())


async def test_they_are_reopened_once_with_the_app_that_they_showed(paths: Paths) -> None:
    make_app(paths.installed / "mine")
    windows = [
        window(1, WindowKey("mine", "second", "main"), "mine/second"),
        window(2, WindowKey("gone", "gone", "main"), "gone/gone"),
        window(3, WindowKey("mine", "third", "main"), "mine/mine"),
    ]
    write_open_windows(paths.state / "windows.json", windows)
    async with runtime_parts(paths) as parts:
        restore = WindowRestore(parts.hub, parts.sites, parts.registry, parts.windows, parts.tickets)
        await restore.reopen(OpenOptions({"DISPLAY": ":7"}))
        await restore.reopen(OpenOptions({"DISPLAY": ":7"}))
        assert [key for key, _ in parts.windows.opened] == [WindowKey("mine", "second", "main")]
