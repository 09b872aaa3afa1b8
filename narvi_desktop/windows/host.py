"""The window host: the process that runs pywebview. Commands come in by a pipe, events go out by another.

The ticket comes by pipe too: every program of this machine could read it in an argument.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
import webbrowser
from dataclasses import dataclass, field
from typing import Any, NoReturn

from . import protocol
from .close_confirmation import CloseConfirmation
from .generic_geometry import GenericGeometry
from .types import WindowOptions
from .watchdog import Watchdog

_LOAD_TIMEOUT = 30.0
_END_TIMEOUT = 2.0  # seconds that the toolkit may take to end
_MIN_LIFE = 10.0  # seconds: a runtime that dies sooner is not started a second time


@dataclass
class HostedWindow:
    """A window that is open here.

    Attributes:
        view: pywebview's object.
        group: the same for all windows of one app and service id.
        opener: the window whose page has opened this one; "" for a window that the runtime has opened.
        stop: what the user said, when closing it, about the app's service.
    """

    view: Any
    group: str
    options: WindowOptions
    opener: str = ""
    stop: bool | None = None
    loaded: threading.Event = field(default_factory=threading.Event)


class Host:
    """Runs the windows of one runtime.

    Threads:
    - The main thread runs the toolkit's loop. Code on it must not block, and must not evaluate a page's JavaScript.
    - The reader takes lines from the commands' pipe and queues them.
    - The maker, a thread that pywebview starts, carries the commands out. Only it makes windows, one at a time: on
      the main thread pywebview's windows never show, and two at once may not load. Windows that a page opens are the
      exception: Qt wants them at once, on the main thread.
    - pywebview calls each event handler on a thread of its own, in no order.

    `_windows` is read and changed on all of them, by single operations on the dictionary; loops run over a copy.
    """

    def __init__(
        self, commands: int, events: int, storage: str, linger: float, blank_after: float, popup_limit: int
    ) -> None:
        self._commands = os.fdopen(commands, "rb")
        self._events = os.fdopen(events, "wb", buffering=0)
        self._events_lock = threading.Lock()  # a line is written whole, and not while the pipes are replaced
        self._storage = storage
        self._linger = linger
        self._popup_limit = popup_limit  # windows that the pages of one app and service id may have open at one time
        self._windows: dict[str, HostedWindow] = {}
        # None: the runtime is gone.
        self._queue: queue.Queue[tuple[str, protocol.Command] | None] = queue.Queue()
        self._empty_since = time.monotonic()
        self._runtime_started = -_MIN_LIFE
        self._popups = 0
        self._watchdog = Watchdog(blank_after, lambda view, reason: self.report(view, protocol.PageFailed(reason)))
        self._confirmation = CloseConfirmation(self._close)

    def run(self) -> None:
        """Serve until the last window is closed or the runtime is gone, then end the process."""
        import webview

        from .qt import has_view

        threading.Thread(target=self._read, name="narvi-commands", daemon=True).start()
        self._send("", protocol.Ready())
        identity, first = self._wait_first()
        webview.settings["ALLOW_DOWNLOADS"] = True
        webview.settings["ALLOW_FILE_URLS"] = False
        webview.settings["OPEN_DEVTOOLS_IN_DEBUG"] = first.options.debug
        if not has_view():
            print("what becomes of windows that pages open is up to the system's web view", file=sys.stderr)
        self._make(identity, first)
        webview.start(
            self._run_maker,
            private_mode=False,
            storage_path=self._storage,
            debug=first.options.debug,
            icon=first.options.icon,
        )
        os._exit(0)

    # The reader thread.

    def _read(self) -> None:
        while True:
            for line in self._commands:
                try:
                    self._queue.put(protocol.decode_command(line))
                except protocol.ProtocolError as error:
                    print(f"ignored a line of the runtime: {error}", file=sys.stderr)
            # The runtime has died: one that stops says Quit before.
            if not self._windows or not self._start_runtime():
                self._queue.put(None)
                return

    def _start_runtime(self) -> bool:
        """Start the runtime again as the command line does, and hand it the other ends of two new pipes.

        So the windows stay open. Returns False where that failed, or where another runtime was faster.
        """
        if sys.platform == "win32" or time.monotonic() - self._runtime_started < _MIN_LIFE:
            return False  # Windows cannot pass a pipe on by number; the next start reopens the windows there
        self._runtime_started = time.monotonic()
        (commands, their_commands), (their_events, events) = os.pipe(), os.pipe()
        pipes = (their_commands, their_events)
        command = [sys.executable, "-P", "-m", "narvi_desktop", "adopt", *map(str, pipes), str(os.getpid())]
        # Events that happen meanwhile wait for the new pipe.
        with self._events_lock:
            done = subprocess.run(command, pass_fds=pipes, check=False, stdin=subprocess.DEVNULL)
            for descriptor in pipes:
                os.close(descriptor)
            if done.returncode != 0:
                return False
            self._commands, self._events = os.fdopen(commands, "rb"), os.fdopen(events, "wb", buffering=0)
        windows = list(self._windows.items())
        self._send("", protocol.Surviving(tuple(identity for identity, _ in windows)))
        for identity, window in windows:
            if window.opener:
                self._send(identity, protocol.PopupOpened(window.opener))
        return True

    # The main thread until the toolkit runs, then the maker thread.

    def _wait_first(self) -> tuple[str, protocol.Open]:
        while True:
            try:
                entry = self._queue.get(timeout=self._linger)
            except queue.Empty:
                os._exit(0)  # spawned ahead of a window that never came
            if entry is None or isinstance(entry[1], protocol.Quit):
                os._exit(0)
            if isinstance(entry[1], protocol.Open):
                return entry[0], entry[1]

    def _run_maker(self) -> None:
        """Carry out commands; pywebview calls this on a new thread once its loop runs."""
        from .qt import configure

        configure()
        for window in list(self._windows.values()):
            self._watchdog.watch(window.view)
        while True:
            try:
                entry = self._queue.get(timeout=0.5)
            except queue.Empty:
                if not self._windows and time.monotonic() - self._empty_since > self._linger:
                    os._exit(0)
                continue
            if entry is None or isinstance(entry[1], protocol.Quit):
                self._quit()
            self._carry_out(*entry)

    def _quit(self) -> NoReturn:
        """End the process. Not by destroying the windows: a page that holds its window would keep it open."""
        from .qt import end

        if end():
            time.sleep(_END_TIMEOUT)  # the loop's end ends the process
        os._exit(0)

    def _carry_out(self, identity: str, command: protocol.Command) -> None:
        window = self._windows.get(identity)
        match command:
            case protocol.Open():
                self._make(identity, command)
            case protocol.Browse(url):
                webbrowser.open(url, new=2)
            case _ if window is None:
                return  # it was closed while the command was on its way
            case protocol.Focus():
                window.view.restore()
                window.view.show()
            case protocol.Navigate(url, group):
                window.group = group
                window.view.load_url(url)
                self._watchdog.watch(window.view)
            case protocol.Close():
                self._confirmation.confirm(window.view)
                window.view.destroy()

    def _make(self, identity: str, command: protocol.Open) -> None:
        import webview

        from .qt import has_view, set_next_options

        options, geometry = command.options, command.geometry
        set_next_options(options, geometry)
        # Qt's windows place themselves: they know the screens before pywebview does.
        generic: dict[str, Any] = {}
        if not has_view():
            generic = {"x": geometry.x, "y": geometry.y, "maximized": geometry.maximized}
        view = webview.create_window(
            options.title,
            command.url,
            width=geometry.width or options.width,
            height=geometry.height or options.height,
            text_select=True,
            zoomable=True,
            **generic,
        )
        assert view is not None
        window = HostedWindow(view, command.group, options)
        if not has_view():
            follower = GenericGeometry(
                view, geometry, lambda geometry: self.report(view, protocol.GeometryChanged(geometry))
            )
            view.events.shown += lambda: follower.fit(view, webview.screens)
        self._add(identity, window)
        if webview.guilib is not None:
            self._watchdog.watch(view)
            # The next window is made when this one has loaded.
            window.loaded.wait(_LOAD_TIMEOUT)

    # Any thread.

    def _add(self, identity: str, window: HostedWindow) -> None:
        def on_loaded() -> None:
            if not window.loaded.is_set():
                window.loaded.set()
                self._send(identity, protocol.Loaded())

        def on_closed() -> None:
            self._windows.pop(identity, None)
            self._empty_since = time.monotonic()
            window.loaded.set()
            self._watchdog.forget(window.view)
            self._send(identity, protocol.Closed(window.stop))

        window.view.events.loaded += on_loaded
        window.view.events.closed += on_closed
        window.view.events.closing += lambda: self._may_close(window)
        self._windows[identity] = window
        if window.view.events.loaded.is_set():
            on_loaded()  # it had loaded before the handler was there

    def add_popup(self, opener: Any, view: Any) -> None:
        """Take in a window that a page has opened. Called on the GUI thread."""
        found = self._find(opener)
        if found is None:
            return  # its opener is closing, and the runtime does not know it any more
        self._popups += 1
        identity = f"popup-{self._popups}"
        self._send(identity, protocol.PopupOpened(found[0]))
        self._add(identity, HostedWindow(view, found[1].group, found[1].options, opener=found[0]))

    def may_open_popup(self, opener: Any) -> bool:
        """Return whether a page may open one more window. Called on the GUI thread."""
        found = self._find(opener)
        if found is None:
            return False
        windows = list(self._windows.values())
        if sum(window.group == found[1].group and window.opener != "" for window in windows) < self._popup_limit:
            return True
        print(f"{found[1].options.title}: its pages have {self._popup_limit} windows open; no more", file=sys.stderr)
        return False

    def report(self, view: Any, event: protocol.Event) -> None:
        """Tell the runtime what has happened to one of pywebview's windows; called on any thread."""
        found = self._find(view)
        if found is not None:
            self._send(found[0], event)
            if isinstance(event, protocol.PageFailed):
                self._watchdog.forget(view)

    def _find(self, view: Any) -> tuple[str, HostedWindow] | None:
        return next((entry for entry in list(self._windows.items()) if entry[1].view is view), None)

    def _may_close(self, window: HostedWindow) -> bool:
        """Answer pywebview on the GUI thread. False keeps the window open, at least until its page was asked."""
        if self._find(window.view) is None:
            return True
        is_last = [other.group for other in list(self._windows.values())].count(window.group) == 1
        ask_to_stop = is_last and window.options.on_close == "ask"
        return self._confirmation.may_close(window.view, window.options.title, ask_to_stop)

    def _close(self, view: Any, stop: bool | None) -> None:
        found = self._find(view)
        if found is not None:
            found[1].stop = stop
        view.destroy()

    def _send(self, identity: str, event: protocol.Event) -> None:
        with contextlib.suppress(BrokenPipeError), self._events_lock:  # the reader sees too that the runtime has died
            self._events.write(protocol.encode(event, identity))


def _take_pipes() -> tuple[int, int]:
    """Move the pipes away from stdin and stdout, on which toolkits print."""
    commands, events = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return commands, events


def main() -> None:
    """Be the window host: `python -m narvi_desktop.windows.host`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--storage", required=True)
    parser.add_argument("--linger", type=float, default=10.0)
    parser.add_argument("--blank-after", type=float, default=10.0)
    parser.add_argument("--popup-limit", type=int, default=20)
    options = parser.parse_args()
    commands, events = _take_pipes()
    with contextlib.suppress(OSError):
        os.chdir(os.path.expanduser("~"))  # the folder in which file dialogs begin
    from .qt import prepare

    host = Host(commands, events, options.storage, options.linger, options.blank_after, options.popup_limit)
    prepare(options.storage, host)
    host.run()


if __name__ == "__main__":
    main()
