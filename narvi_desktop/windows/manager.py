"""The runtime's side of the windows: which are open, and a host process that is started again when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from narvi_desktop.settings import Settings
from narvi_desktop.state.names import WindowKey
from narvi_desktop.state.session_restore import OpenWindow, read_open_windows, write_open_windows
from narvi_desktop.state.window_geometry import Geometry, WindowGeometryStore

from . import protocol
from .codec import MalformedValue
from .geometry import cascade
from .host_process import AdoptedHost, spawn_host
from .types import WindowFailed, WindowOptions

HostProcess = subprocess.Popen[bytes] | AdoptedHost
logger = logging.getLogger("narvi_desktop.runtime")


class WindowDelegate(Protocol):
    """What the manager asks of the runtime, always on the event loop."""

    def fresh_url(self, key: WindowKey) -> str:
        """Return a URL with a new ticket, for a window that comes back after its host has died."""

    def link_out(self, key: WindowKey, url: str) -> str | None:
        """Return what the user's browser may open when a page leads to another site; None: nothing."""

    def page_failed(self, windows: WindowManager, identity: str, key: WindowKey, reason: str) -> None:
        """Show what is wrong in place of a page that shows nothing any more."""

    def last_closed(self, key: WindowKey, stop: bool) -> None:
        """Take note that no window has this key any more; `stop`: its service is to end too."""


@dataclass
class Window:
    """A window that is open, or about to be.

    Attributes:
        replaced: it shows an error page of ours in place of the app's.
        opener: of a window that a page has opened, the one whose page did; such a window dies with its host.
        loaded: done when the page has loaded; fails when the window is closed before.
    """

    key: WindowKey
    options: WindowOptions
    geometry: Geometry = field(default_factory=Geometry)
    replaced: bool = False
    opener: str | None = None
    loaded: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def fail(self, reason: str) -> None:
        """Let those who wait for the page know that it never came."""
        if not self.loaded.done():
            self.loaded.set_exception(WindowFailed(reason))
            self.loaded.exception()  # perhaps nobody waits


class WindowManager:
    """Used on the event loop only, but for the thread that reads a host's events and hands them to the loop.

    Args:
        storage: the folder in which pages keep what they store.
        log: the file that gets the host's stderr.
        open_windows: the file that lists the open windows; absent after a clean end.

    Attributes:
        environment: where the newest caller's screen is.
    """

    def __init__(
        self,
        settings: Settings,
        storage: Path,
        log: Path,
        open_windows: Path,
        geometries: WindowGeometryStore,
        delegate: WindowDelegate,
    ) -> None:
        self._settings = settings
        self._storage = storage
        self._log = log
        self._open_windows = open_windows
        self._geometries = geometries
        self._delegate = delegate
        self._left_open = [(key, options) for _, key, options in _read(open_windows)]
        self._windows: dict[str, Window] = {}
        self._host: HostProcess | None = None
        self._host_started = 0.0
        self._deaths = 0
        self._last_identity = 0
        self._stopping = False
        self.environment: dict[str, str] = {}

    def open_keys(self) -> list[WindowKey]:
        """Return what each open window shows."""
        return [window.key for window in self._windows.values()]

    def expect(self, host: subprocess.Popen[bytes]) -> None:
        """Use a host that was spawned before this object was made, so that toolkit and server load side by side."""
        self._take_host(host)

    def adopt(self, host: AdoptedHost, find: Callable[[WindowKey, WindowOptions], bool]) -> None:
        """Take over a host with the windows that its last runtime wrote down; each gets a fresh ticket.

        Args:
            find: makes the window's app known again; False closes the window.
        """
        windows = _read(self._open_windows)
        self._left_open = []
        self._take_host(host)
        for identity, key, options in windows:
            if not find(key, options):
                self._send(protocol.Close(), identity)
                continue
            window = self._windows[identity] = Window(key, options)
            window.loaded.set_result(None)
            self._last_identity = max(self._last_identity, int(identity))
            self._send(protocol.Navigate(self._delegate.fresh_url(key), _group(key)), identity)

    def take_left_open(self) -> list[tuple[WindowKey, WindowOptions]]:
        """Return, once, the windows that a runtime left open when it was killed."""
        left, self._left_open = self._left_open, []
        return left

    async def open(
        self,
        key: WindowKey,
        url: str,
        options: WindowOptions,
        environment: Mapping[str, str],
        new: bool,
        wait: bool = True,
    ) -> bool:
        """Show a window and wait until its page has loaded; return True if one that is open got the focus instead.

        Raises:
            WindowFailed: there is no host, or nothing loaded in time.
        """
        self.environment = dict(environment)
        known = None if new else self._find(key)
        if known is not None:
            window = self._windows[known]
            if window.replaced:
                self.navigate(known, key, url)
            self._send(protocol.Focus(), known)
            if wait:
                await self._wait_loaded(window)
            return True
        geometry = cascade(self._geometries.get(key), self.open_keys().count(key))
        self._last_identity += 1
        identity = str(self._last_identity)
        window = self._windows[identity] = Window(key, options, geometry)
        self._write()
        self._start_host()
        self._send(protocol.Open(url, _group(key), options, geometry), identity)
        if not wait:
            return False
        try:
            await self._wait_loaded(window)
        except WindowFailed:
            self._windows.pop(identity, None)
            self._write()
            raise
        return False

    def navigate(self, identity: str, key: WindowKey, url: str, replaced: bool = False) -> None:
        """Load another page in a window; from now on it shows what the key says.

        Args:
            replaced: the page is an error page of ours; the next `open` of the key loads the app's page again.
        """
        window = self._windows.get(identity)
        if window is not None:
            window.key, window.replaced = key, replaced
            self._write()
            self._send(protocol.Navigate(url, _group(key)), identity)

    def showing(self, key: WindowKey) -> list[str]:
        """Return the windows that show this."""
        return [identity for identity, window in self._windows.items() if window.key == key]

    def close(self, chosen: Callable[[WindowKey], bool]) -> int:
        """Close the windows with such a key, whether their pages hold them or not; return how many."""
        identities = [identity for identity, window in self._windows.items() if chosen(window.key)]
        for identity in identities:
            self._send(protocol.Close(), identity)
        return len(identities)

    async def stop(self) -> None:
        """Close all windows; safe to call twice."""
        self._stopping = True
        if not self._left_open:  # windows that were never reopened were never closed either
            self._open_windows.unlink(missing_ok=True)
        host = self._host
        if host is None:
            return
        self._send(protocol.Quit())
        try:
            await asyncio.to_thread(host.wait, 3)
        except subprocess.TimeoutExpired:
            host.kill()
            await asyncio.to_thread(host.wait)

    def _find(self, key: WindowKey) -> str | None:
        """Return the window to focus: one that was opened for this key, not by a page."""
        return next(
            (identity for identity, window in self._windows.items() if window.key == key and window.opener is None),
            None,
        )

    def _write(self) -> None:
        if not self._stopping:
            write_open_windows(
                self._open_windows,
                (
                    OpenWindow(identity, window.key, window.options.to_file())
                    for identity, window in self._windows.items()
                    if window.opener is None
                ),
            )

    async def _wait_loaded(self, window: Window) -> None:
        try:
            await asyncio.wait_for(asyncio.shield(window.loaded), self._settings.open_timeout)
        except TimeoutError:
            raise WindowFailed(f"the window did not load within {self._settings.open_timeout:g} s") from None

    # The host process.

    def _start_host(self) -> None:
        if self._host is not None:
            return
        try:
            host = spawn_host(self._settings, self._storage, self._log, self.environment)
        except OSError as error:
            raise WindowFailed(f"the window host could not be started: {error}") from error
        self._take_host(host)

    def _take_host(self, host: HostProcess) -> None:
        self._host = host
        self._host_started = time.monotonic()
        arguments = (host, asyncio.get_running_loop())
        # A daemon: it ends with the host's pipe, and must not keep a runtime alive that leaves.
        threading.Thread(target=self._read_events, args=arguments, name="narvi-windows", daemon=True).start()

    def _read_events(self, host: HostProcess, loop: asyncio.AbstractEventLoop) -> None:
        """Read on a thread, since reading a pipe blocks; everything else happens on the loop."""
        assert host.stdout is not None
        for line in host.stdout:
            try:
                identity, event = protocol.decode_event(line)
            except protocol.ProtocolError as error:
                logger.warning("the window host sent a line that is ignored: %s", error)
                continue
            loop.call_soon_threadsafe(self._on_event, identity, event)
        if isinstance(host, AdoptedHost):
            host.ended.set()
        code = host.wait()
        with contextlib.suppress(RuntimeError):  # the loop has ended first
            loop.call_soon_threadsafe(self._on_host_ended, host, code)

    def _send(self, command: protocol.Command, identity: str = "") -> None:
        if self._host is None or self._host.stdin is None:
            return
        with contextlib.suppress(OSError):  # it is dying: _on_host_ended opens the windows again
            self._host.stdin.write(protocol.encode(command, identity))
            self._host.stdin.flush()

    def _on_event(self, identity: str, event: protocol.Event) -> None:
        window = self._windows.get(identity)
        match event:
            case protocol.Surviving(windows):
                self._on_surviving(windows)
            case protocol.PopupOpened(opener) if window is None:
                self._on_popup(identity, opener)
            case _ if window is None:
                return  # it was closed while the event was on its way
            case protocol.Loaded():
                if not window.loaded.done():
                    window.loaded.set_result(None)
            case protocol.LinkFollowed(url):
                allowed = self._delegate.link_out(window.key, url)
                if allowed is not None:
                    self._send(protocol.Browse(allowed), identity)
            case protocol.GeometryChanged(geometry):
                window.geometry = geometry
                if window.opener is None:
                    self._geometries.record(window.key, geometry)
            case protocol.PageFailed(reason):
                self._on_page_failed(identity, window, reason)
            case protocol.Closed(stop):
                self._on_closed(identity, window, stop)

    def _on_surviving(self, identities: tuple[str, ...]) -> None:
        """Forget what was closed while there was no runtime."""
        for identity in set(self._windows) - set(identities):
            del self._windows[identity]
        self._write()

    def _on_popup(self, identity: str, opener: str) -> None:
        window = self._windows.get(opener)
        if window is None:
            self._send(protocol.Close(), identity)  # its opener was closed at the same moment
            return
        popup = self._windows[identity] = Window(window.key, window.options, opener=opener)
        popup.loaded.set_result(None)

    def _on_page_failed(self, identity: str, window: Window, reason: str) -> None:
        if window.opener is not None:
            # Its opener shows the error; without the page that it talked to it is of no use.
            self._send(protocol.Close(), identity)
            return
        if not window.loaded.done():
            window.loaded.set_result(None)  # the window is there, and will show what is wrong
        self._delegate.page_failed(self, identity, window.key, reason)

    def _on_closed(self, identity: str, window: Window, stop: bool | None) -> None:
        del self._windows[identity]
        self._write()
        if not self._stopping and not self.showing(window.key):
            self._delegate.last_closed(window.key, window.options.on_close == "stop" if stop is None else stop)
        window.fail("the window was closed before it had loaded")

    def _on_host_ended(self, host: HostProcess, code: int) -> None:
        for pipe in (host.stdin, host.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # bytes that were still buffered have no reader
                    pipe.close()
        self._host = None
        # A window that a page opened cannot come back: its page talked to one that is gone.
        self._windows = {identity: window for identity, window in self._windows.items() if window.opener is None}
        if self._stopping or not self._windows:
            return
        lived = time.monotonic() - self._host_started
        self._deaths = 1 if lived >= self._settings.steady_after else self._deaths + 1
        delays = self._settings.restart_delays
        if self._deaths > len(delays):
            for window in self._windows.values():
                window.fail(f"the window host ended with {code}; see {self._log}")
            self._windows.clear()
            self._write()
            self._deaths = 0
            return
        asyncio.get_running_loop().call_later(delays[self._deaths - 1], self._reopen)

    def _reopen(self) -> None:
        """Open the windows of a host that has died again, each with a fresh ticket."""
        if self._stopping or self._host is not None:
            return
        self._start_host()
        for identity, window in self._windows.items():
            url = self._delegate.fresh_url(window.key)
            self._send(protocol.Open(url, _group(window.key), window.options, window.geometry), identity)


def _group(key: WindowKey) -> str:
    """Return the name by which the host knows windows of the same app and service id."""
    return "/".join((key.workspace, key.app, key.service_id or ""))


def _read(file: Path) -> list[tuple[str, WindowKey, WindowOptions]]:
    """Return the windows that a file lists; entries that cannot be used are left out."""
    found = []
    for window in read_open_windows(file):
        with contextlib.suppress(MalformedValue):
            found.append((window.identity, window.key, WindowOptions.from_file(window.look)))
    return found
