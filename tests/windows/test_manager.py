"""The runtime's side of windows, against a host that the test plays."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from narvi_desktop.settings import Settings
from narvi_desktop.state.names import WindowKey
from narvi_desktop.state.window_geometry import Geometry, WindowGeometryStore
from narvi_desktop.windows import manager as manager_module
from narvi_desktop.windows import protocol
from narvi_desktop.windows.host_process import AdoptedHost
from narvi_desktop.windows.manager import WindowManager
from narvi_desktop.windows.protocol import Command, Event
from narvi_desktop.windows.types import WindowFailed, WindowOptions

KEY = WindowKey("notes", "notes", "main")
OPTIONS = WindowOptions("Notes", 500, 400, target="notes/notes")


class Delegate:
    """Notes what the manager asks."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def fresh_url(self, key: WindowKey) -> str:
        self.calls.append(("fresh_url", key))
        return "http://fresh/"

    def link_out(self, key: WindowKey, url: str) -> str | None:
        return url if url.startswith("https:") else None

    def page_failed(self, windows: WindowManager, identity: str, key: WindowKey, reason: str) -> None:
        self.calls.append(("page_failed", identity, reason))

    def last_closed(self, key: WindowKey, stop: bool) -> None:
        self.calls.append(("last_closed", key, stop))


class Host:
    """The host's ends of the pipes."""

    def __init__(self) -> None:
        (commands, theirs), (their_events, events) = os.pipe(), os.pipe()
        self.process = AdoptedHost(theirs, their_events, os.getpid())
        self._commands, self._events = os.fdopen(commands, "rb"), os.fdopen(events, "wb", buffering=0)

    async def read(self) -> tuple[str, Command]:
        return protocol.decode_command(await asyncio.to_thread(self._commands.readline))

    def send(self, event: Event, identity: str = "") -> None:
        self._events.write(protocol.encode(event, identity))

    def write(self, line: bytes) -> None:
        self._events.write(line)

    def close(self) -> None:
        self._commands.close()
        self._events.close()


class Parts:
    """A manager, and the hosts that it starts."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file = folder / "windows.json"
        self.delegate = Delegate()
        self.hosts: list[Host] = []
        self.geometries = WindowGeometryStore(folder / "places.json")
        monkeypatch.setattr(manager_module, "spawn_host", self._spawn)
        settings = Settings(open_timeout=60, restart_delays=(0.0,))
        self.manager = WindowManager(settings, folder, folder / "log", self.file, self.geometries, self.delegate)

    def _spawn(self, *arguments: object) -> AdoptedHost:
        self.hosts.append(Host())
        return self.hosts[-1].process

    @property
    def host(self) -> Host:
        return self.hosts[-1]

    async def open(self, new: bool = False) -> str:
        """Open a window whose page loads at once."""
        opening = asyncio.ensure_future(self.manager.open(KEY, "http://ticket/", OPTIONS, {}, new))
        await asyncio.sleep(0)
        identity, command = await self.host.read()
        assert command == protocol.Open("http://ticket/", "notes/notes/main", OPTIONS, self.geometry(identity))
        self.host.send(protocol.Loaded(), identity)
        assert await opening is False
        return identity

    def geometry(self, identity: str) -> Geometry:
        return self.manager._windows[identity].geometry

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not condition():
                await asyncio.sleep(0.005)


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    @asynccontextmanager
    async def make() -> AsyncIterator[Parts]:
        made = Parts(tmp_path, monkeypatch)
        yield made
        made.manager._stopping = True
        for host in made.hosts:
            host.close()
        await made.until(lambda: made.manager._host is None)
        made.geometries.save()

    return make


Make = Callable[[], Any]


async def test_the_second_open_focuses_the_window_of_the_first(parts: Make) -> None:
    async with parts() as made:
        identity = await made.open()
        assert await made.manager.open(KEY, "http://other/", OPTIONS, {}, new=False) is True
        assert await made.host.read() == (identity, protocol.Focus())
        assert made.manager.open_keys() == [KEY]


async def test_a_new_window_stands_beside_the_others(parts: Make) -> None:
    async with parts() as made:
        made.geometries.record(KEY, Geometry(10, 20, 300, 400))
        first, second = await made.open(), await made.open(new=True)
        assert (made.geometry(first).x, made.geometry(second).x) == (10, 42)


async def test_open_windows_are_written_down_until_a_clean_end(parts: Make) -> None:
    async with parts() as made:
        identity = await made.open()
        entries = json.loads(made.file.read_text())
        assert entries == [{"window": identity, "key": list(KEY), "look": OPTIONS.to_file()}]
        made.host.send(protocol.Closed(None), identity)
        await made.until(lambda: json.loads(made.file.read_text()) == [])
        assert made.delegate.calls == [("last_closed", KEY, False)]


async def test_a_line_that_is_no_event_has_no_effect(parts: Make, caplog: pytest.LogCaptureFixture) -> None:
    async with parts() as made:
        identity = await made.open()
        made.host.write(b"toolkit noise\n")
        made.host.write(b'{"type": "Closed", "window": "1", "stop": 3}\n')
        made.host.send(protocol.LinkFollowed("javascript:1"), identity)
        made.host.send(protocol.LinkFollowed("https://example.org/"), identity)
        assert await made.host.read() == (identity, protocol.Browse("https://example.org/"))
        assert caplog.text.count("the window host sent a line that is ignored") == 2


async def test_a_window_that_is_closed_before_it_has_loaded(parts: Make) -> None:
    async with parts() as made:
        opening = asyncio.ensure_future(made.manager.open(KEY, "http://ticket/", OPTIONS, {}, new=False))
        await asyncio.sleep(0)
        identity, _ = await made.host.read()
        made.host.send(protocol.Closed(None), identity)
        with pytest.raises(WindowFailed, match="closed before it had loaded"):
            await opening


async def test_a_popup_is_a_window_of_the_app_but_not_the_one_to_focus(parts: Make) -> None:
    async with parts() as made:
        identity = await made.open()
        made.host.send(protocol.PopupOpened(identity), "popup-1")
        await made.until(lambda: made.manager.open_keys() == [KEY, KEY])
        assert len(json.loads(made.file.read_text())) == 1  # it cannot be reopened
        made.host.send(protocol.Closed(None), identity)
        await made.until(lambda: made.manager.open_keys() == [KEY])
        assert made.delegate.calls == []  # the app has a window yet
        await made.open()
        made.host.send(protocol.PageFailed("It ended."), "popup-1")
        assert await made.host.read() == ("popup-1", protocol.Close())
        assert made.manager.close(lambda key: key == KEY) == 2


async def test_a_popup_whose_opener_is_gone_is_closed(parts: Make) -> None:
    async with parts() as made:
        await made.open()
        made.host.send(protocol.PopupOpened("99"), "popup-1")
        assert await made.host.read() == ("popup-1", protocol.Close())


async def test_the_windows_of_a_host_that_dies_come_back_but_no_popups(parts: Make) -> None:
    async with parts() as made:
        identity = await made.open()
        made.host.send(protocol.PopupOpened(identity), "popup-1")
        made.host.send(protocol.GeometryChanged(Geometry(1, 2, 300, 400)), identity)
        await made.until(lambda: len(made.manager.open_keys()) == 2 and made.geometries.get(KEY).x == 1)
        made.host.close()
        await made.until(lambda: len(made.hosts) == 2)
        again = protocol.Open("http://fresh/", "notes/notes/main", OPTIONS, Geometry(1, 2, 300, 400))
        assert await made.host.read() == (identity, again)
        assert made.manager.open_keys() == [KEY]


async def test_a_host_that_dies_again_and_again_is_given_up(parts: Make) -> None:
    async with parts() as made:
        await made.open()
        made.host.close()
        await made.until(lambda: len(made.hosts) == 2)
        made.host.close()
        await made.until(lambda: made.manager.open_keys() == [])
        assert json.loads(made.file.read_text()) == []


async def test_a_runtime_that_adopts_a_host_finds_its_windows(parts: Make) -> None:
    async with parts() as made:
        other = WindowKey("gone", "gone", "main")
        entries = [
            {"window": "3", "key": list(KEY), "look": OPTIONS.to_file()},
            {"window": "4", "key": list(other), "look": OPTIONS.to_file()},
            {"window": "5", "key": list(KEY), "look": OPTIONS.to_file()},
            {"window": "6", "key": list(KEY), "look": {"title": 7}},
        ]
        made.file.write_text(json.dumps(entries))
        host = made._spawn()
        made.manager.adopt(host, lambda key, options: key == KEY and options == OPTIONS)
        assert await made.host.read() == ("3", protocol.Navigate("http://fresh/", "notes/notes/main"))
        assert await made.host.read() == ("4", protocol.Close())
        assert (await made.host.read())[0] == "5"
        made.host.send(protocol.Surviving(("3", "popup-1")))
        made.host.send(protocol.PopupOpened("3"), "popup-1")
        await made.until(lambda: len(json.loads(made.file.read_text())) == 1)
        await made.until(lambda: made.manager.open_keys() == [KEY, KEY])
