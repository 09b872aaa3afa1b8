"""The runtime's side of the windows: which are open, and a host process that comes back when it dies."""

from __future__ import annotations

import asyncio
import json
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from narvi_desktop.settings import Settings
from narvi_desktop.state.session_restore import OpenWindow, read_open_windows, write_open_windows

from .geometry import PLACE, cascade
from .host_process import AdoptedHost, spawn_host
from .types import Window, WindowDelegate, WindowFailed, WindowGeometry, WindowKey


class WindowManager:
    """Belongs to the loop; only the reader thread of a host stands outside, and it only enqueues.

    Args:
        memory: the file that keeps which windows are open; empty after a clean end.

    Attributes:
        delegate: set before the first window is opened.
    """

    delegate: WindowDelegate

    def __init__(
        self,
        settings: Settings,
        storage: Path,
        log: Path,
        memory: Path,
        geometry: WindowGeometry,
    ) -> None:
        self._settings = settings
        self._storage = storage
        self._log = log
        self._memory = memory
        self._geometry = geometry
        self._left_open = [(window.key, window.look) for window in read_open_windows(memory)]
        self._windows: dict[str, Window] = {}
        self._host: subprocess.Popen[bytes] | AdoptedHost | None = None
        self._host_started = 0.0
        self._deaths = 0
        self._last = 0
        self._stopping = False
        self.environment: dict[str, str] = {}  # where the newest caller's screen is

    def open_keys(self) -> list[WindowKey]:
        return [window.key for window in self._windows.values()]

    def expect(self, host: subprocess.Popen[bytes]) -> None:
        """A host that was spawned before us, so that toolkit and server load side by side."""
        self._take(host)

    def adopt(self, host: AdoptedHost, find: Callable[[WindowKey, dict[str, Any]], bool]) -> None:
        """Take over a host with the windows that its last runtime remembered; each gets a fresh ticket.

        Args:
            find: makes the window's app known again; False closes the window.
        """
        left = read_open_windows(self._memory)
        self._left_open = []
        self._take(host)
        for identity, key, look in left:
            if not find(key, look):
                self._send({"command": "close", "window": identity})
                continue
            url = self.delegate.fresh_url(key)
            window = Window(key, {"command": "open", "window": identity, "url": url, **look, "group": list(key)})
            window.loaded.set_result(None)
            self._windows[identity] = window
            self._last = max(self._last, int(identity))
            self._send({"command": "navigate", "window": identity, "url": url, "group": list(key)})

    def take_left_open(self) -> list[tuple[WindowKey, dict[str, Any]]]:
        """Key and look of the windows that a runtime left open when it was killed; told once."""
        left, self._left_open = self._left_open, []
        return left

    async def open(
        self,
        key: WindowKey,
        url: str,
        look: Mapping[str, Any],
        environment: Mapping[str, str],
        new: bool,
        wait: bool = True,
    ) -> bool:
        """Show a window and wait until its page has loaded; True when one that is open got the focus instead.

        Args:
            look: title, width, height, icon, debug; and `asked`, the name or path by which the app is found again.

        Raises:
            WindowFailed: no host, or nothing loaded in time.
        """
        self.environment = dict(environment)
        known = None if new else self._find(key)
        if known is not None:
            if self._windows[known].replaced:
                self.navigate(known, key, url)
            self._send({"command": "focus", "window": known})
            if wait:
                await self._wait(self._windows[known])
            return True
        self._last += 1
        identity = str(self._last)
        place = cascade(self._geometry.of(key), [window.key for window in self._windows.values()].count(key))
        command = {"command": "open", "window": identity, "url": url, **look, **place, "group": list(key)}
        window = self._windows[identity] = Window(key, command)
        self._remember()
        self._start_host()
        self._send(command)
        if not wait:
            return False
        try:
            await self._wait(window)
        except WindowFailed:
            self._windows.pop(identity, None)
            self._remember()
            raise
        return False

    def navigate(self, identity: str, key: WindowKey, url: str, replaced: bool = False) -> None:
        """Send a window elsewhere; from now on it shows what the key says.

        Args:
            replaced: a page of ours stands in for the app's; the next `open` tries the app again.
        """
        window = self._windows.get(identity)
        if window is not None:
            window.key, window.replaced = key, replaced
            window.command["group"] = list(key)
            self._remember()
            self._send({"command": "navigate", "window": identity, "url": url, "group": list(key)})

    def showing(self, key: WindowKey) -> list[str]:
        """The windows that show this."""
        return [identity for identity, window in self._windows.items() if window.key == key]

    def close(self, chosen: Callable[[WindowKey], bool]) -> int:
        """Close the windows with such a key, whether their pages hold them or not; returns how many."""
        identities = [identity for identity, window in self._windows.items() if chosen(window.key)]
        for identity in identities:
            self._send({"command": "close", "window": identity})
        return len(identities)

    async def stop(self) -> None:
        """Close all windows; safe to call twice."""
        self._stopping = True
        if not self._left_open:  # what was never reopened was never closed either
            self._memory.unlink(missing_ok=True)
        host = self._host
        if host is None:
            return
        self._send({"command": "quit"})
        try:
            await asyncio.to_thread(host.wait, 3)
        except subprocess.TimeoutExpired:
            host.kill()
            await asyncio.to_thread(host.wait)

    def _find(self, key: WindowKey) -> str | None:
        return next((identity for identity, window in self._windows.items() if window.key == key), None)

    def _remember(self) -> None:
        if not self._stopping:
            write_open_windows(
                self._memory,
                (OpenWindow(identity, window.key, window.look()) for identity, window in self._windows.items()),
            )

    async def _wait(self, window: Window) -> None:
        try:
            await asyncio.wait_for(asyncio.shield(window.loaded), self._settings.open_timeout)
        except TimeoutError:
            raise WindowFailed(f"the window did not load within {self._settings.open_timeout:g} s") from None

    # The host.

    def _start_host(self) -> None:
        if self._host is not None:
            return
        try:
            host = spawn_host(self._settings, self._storage, self._log, self.environment)
        except OSError as error:
            raise WindowFailed(f"the window host could not be started: {error}") from error
        self._take(host)

    def _take(self, host: subprocess.Popen[bytes] | AdoptedHost) -> None:
        self._host = host
        self._host_started = time.monotonic()
        arguments = (host, asyncio.get_running_loop())
        # A daemon: it ends with its pipe, and must not hold a runtime that leaves.
        threading.Thread(target=self._read, args=arguments, name="narvi-windows", daemon=True).start()

    def _read(self, host: subprocess.Popen[bytes] | AdoptedHost, loop: asyncio.AbstractEventLoop) -> None:
        """Where the host's events meet the loop: this thread reads, the loop does."""
        assert host.stdout is not None
        for line in host.stdout:
            event = json.loads(line)
            loop.call_soon_threadsafe(self._on_event, event)
        if isinstance(host, AdoptedHost):
            host.ended.set()
        code = host.wait()
        try:
            loop.call_soon_threadsafe(self._on_death, host, code)
        except RuntimeError:
            return  # the loop has ended first

    def _send(self, command: dict[str, Any]) -> None:
        if self._host is None or self._host.stdin is None:
            return
        try:
            self._host.stdin.write(json.dumps(command).encode() + b"\n")
            self._host.stdin.flush()
        except OSError:
            return  # it is dying; _on_death sends what is open anew

    def _on_event(self, event: dict[str, Any]) -> None:
        if event["event"] == "here":
            # What was closed while there was no runtime.
            for identity in set(self._windows) - set(event["windows"]):
                del self._windows[identity]
            self._remember()
        window = self._windows.get(event.get("window", ""))
        if window is None:
            return
        if event["event"] == "loaded" and not window.loaded.done():
            window.loaded.set_result(None)
        elif event["event"] == "link":
            url = self.delegate.link_out(window.key, event["url"])
            if url is not None:
                self._send({"command": "browse", "window": event["window"], "url": url})
        elif event["event"] == "place":
            self._geometry.record(window.key, event["place"])
            window.command |= {name: event["place"][name] for name in PLACE if name in event["place"]}
        elif event["event"] == "gone":
            if not window.loaded.done():
                window.loaded.set_result(None)  # there is a window, and it says what is wrong
            self.delegate.page_failed(event["window"], window.key, str(event["reason"]))
        elif event["event"] == "closed":
            del self._windows[event["window"]]
            self._remember()
            self._closed(window, event.get("stop"))
            if not window.loaded.done():
                window.loaded.set_exception(WindowFailed("the window was closed before it had loaded"))
                window.loaded.exception()

    def _closed(self, window: Window, stop: bool | None) -> None:
        """Args: stop: what the person has answered; None: they were not asked."""
        if not self._stopping and self._find(window.key) is None:
            wanted = window.command.get("on_close") == "stop" if stop is None else stop
            self.delegate.last_closed(window.key, wanted)

    def _on_death(self, host: subprocess.Popen[bytes] | AdoptedHost, code: int) -> None:
        for pipe in (host.stdin, host.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # what was still buffered has no reader
        self._host = None
        if self._stopping or not self._windows:
            return
        lived = time.monotonic() - self._host_started
        self._deaths = 1 if lived >= self._settings.steady_after else self._deaths + 1
        delays = self._settings.restart_delays
        if self._deaths > len(delays):
            for window in self._windows.values():
                if not window.loaded.done():
                    window.loaded.set_exception(WindowFailed(f"the window host ended with {code}; see {self._log}"))
                    window.loaded.exception()
            self._windows.clear()
            self._remember()
            self._deaths = 0
            return
        asyncio.get_running_loop().call_later(delays[self._deaths - 1], self._reopen)

    def _reopen(self) -> None:
        """The windows of a host that has died come back, each with a fresh ticket."""
        if self._stopping or self._host is not None:
            return
        self._start_host()
        for window in self._windows.values():
            self._send({**window.command, "url": self.delegate.fresh_url(window.key)})
