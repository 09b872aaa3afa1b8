"""The window host: pywebview on the main thread, commands in and events out, a JSON line each.

The ticket comes by pipe too: an argument could be read by every program of this machine.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
import webbrowser
from typing import Any, NoReturn

from .close_confirmation import CloseConfirmation
from .generic_geometry import GenericGeometry
from .watchdog import Watchdog

_LOADED_LIMIT = 30.0
_ENDING = 2.0  # seconds that the toolkit may take to end
_STEADY = 10.0  # seconds: a runtime that dies sooner is not started a second time


class Host:
    """Rules: only the maker thread makes windows, one at a time (on the main thread they never show, and
    two at once may not load); handlers on the GUI thread only send a line."""

    def __init__(self, commands: int, events: int, storage: str, linger: float, blank_after: float) -> None:
        self._commands = os.fdopen(commands, "rb")
        self._events = os.fdopen(events, "wb", buffering=0)
        self._storage = storage
        self._linger = linger
        self._windows: dict[str, Any] = {}
        self._queue: queue.Queue[dict[str, Any] | None] = queue.Queue()
        # Guards the events' pipe: pywebview calls each handler in a thread of its own.
        self._lock = threading.Lock()
        self._empty_since = time.monotonic()
        self._restarted = -_STEADY
        self._watchdog = Watchdog(blank_after, self._say_blank)
        self._closing = CloseConfirmation(self._close)
        self._commands_of: dict[str, dict[str, Any]] = {}
        self._answers: dict[str, bool | None] = {}  # by window that closes: whether its service is to be stopped

    def run(self) -> None:
        """Serve until the last window is closed or the runtime is gone; ends the process."""
        import webview

        threading.Thread(target=self._read, name="narvi-commands", daemon=True).start()
        self._send(event="ready")
        first = self._next_open()
        webview.settings["ALLOW_DOWNLOADS"] = True
        webview.settings["ALLOW_FILE_URLS"] = False
        webview.settings["OPEN_DEVTOOLS_IN_DEBUG"] = bool(first.get("debug"))
        self._make(first)
        webview.start(
            self._started,
            private_mode=False,
            storage_path=self._storage,
            debug=bool(first.get("debug")),
            icon=first.get("icon"),
        )
        os._exit(0)

    def _read(self) -> None:
        while True:
            for line in self._commands:
                self._queue.put(json.loads(line))
            # The runtime has died: with a quit it would have told us.
            if not self._windows or not self._start_runtime():
                self._queue.put(None)
                return

    def _start_runtime(self) -> bool:
        """Start the runtime again, the command line's way, with our pipes' other ends: the windows stay."""
        if sys.platform == "win32" or time.monotonic() - self._restarted < _STEADY:
            return False  # Windows hands no pipe on by number; the next start reopens the windows there
        self._restarted = time.monotonic()
        (commands, theirs), (their_events, events) = os.pipe(), os.pipe()
        command = [sys.executable, "-m", "narvi_desktop", "adopt", str(theirs), str(their_events), str(os.getpid())]
        with self._lock:
            done = subprocess.run(command, pass_fds=(theirs, their_events), check=False, stdin=subprocess.DEVNULL)
            os.close(theirs)
            os.close(their_events)
            if done.returncode != 0:
                return False  # somebody else was faster: that runtime reopens the windows
            self._commands, self._events = os.fdopen(commands, "rb"), os.fdopen(events, "wb", buffering=0)
        self._send(event="here", windows=list(self._windows))
        return True

    def _next_open(self) -> dict[str, Any]:
        while True:
            try:
                command = self._queue.get(timeout=self._linger)
            except queue.Empty:
                os._exit(0)  # spawned ahead of a window that never came
            if command is None or command["command"] == "quit":
                os._exit(0)
            if command["command"] == "open":
                return command

    def _started(self) -> None:
        """The maker thread: pywebview starts it once its loop runs."""
        from .qt import settle

        settle()
        for window in list(self._windows.values()):
            self._watchdog.watch(window)
        self._serve()

    def _serve(self) -> None:
        while True:
            try:
                command = self._queue.get(timeout=0.5)
            except queue.Empty:
                if not self._windows and time.monotonic() - self._empty_since > self._linger:
                    os._exit(0)
                continue
            if command is None or command["command"] == "quit":
                self._quit()
            self._do(command)

    def _quit(self) -> NoReturn:
        """Not by destroy(): a page that holds its window would hold us. Whatever happens, soon."""
        from .qt import end

        if end():
            time.sleep(_ENDING)
        os._exit(0)

    def tell(self, window: Any, event: dict[str, Any]) -> None:
        """Something has happened to a window; called on any thread, the GUI's too."""
        for identity, ours in list(self._windows.items()):
            if ours is window:
                self._send(window=identity, **event)
                if event["event"] == "gone":
                    self._watchdog.forget(window)

    def _say_blank(self, window: Any, reason: str) -> None:
        self.tell(window, {"event": "gone", "reason": reason})

    def _do(self, command: dict[str, Any]) -> None:
        name, window = command["command"], self._windows.get(command["window"])
        if name == "open":
            self._make(command)
        elif name == "browse":
            webbrowser.open(command["url"], new=2)
        elif window is None:
            return
        elif name == "focus":
            window.restore()
            window.show()
        elif name == "navigate":
            self._commands_of[command["window"]]["group"] = command.get("group")
            window.load_url(command["url"])
            self._watchdog.watch(window)
        elif name == "close":
            self._closing.make_sure(window)
            window.destroy()

    def _make(self, command: dict[str, Any]) -> None:
        import webview

        from .qt import has_view, next_look

        identity = command["window"]
        next_look(command)
        # Qt's windows place themselves: they know the screens before pywebview tells of them.
        there = {} if has_view() else {name: command.get(name) for name in ("x", "y")}
        window = webview.create_window(
            command["title"],
            command["url"],
            width=command["width"],
            height=command["height"],
            text_select=True,
            zoomable=True,
            maximized=not has_view() and command.get("maximized") is True,
            **there,
        )
        assert window is not None
        loaded = threading.Event()

        def on_loaded() -> None:
            if not loaded.is_set():
                loaded.set()
                self._send(event="loaded", window=identity)

        def on_closed() -> None:
            self._windows.pop(identity, None)
            self._empty_since = time.monotonic()
            loaded.set()
            self._watchdog.forget(window)
            self._send(event="closed", window=identity, stop=self._answers.pop(identity, None))

        if not has_view():
            geometry = GenericGeometry(
                window, command, lambda place: self._send(event="place", window=identity, place=place)
            )
            window.events.shown += lambda: geometry.fit(window, webview.screens)
        window.events.loaded += on_loaded
        window.events.closed += on_closed
        window.events.closing += lambda: self._may_close(identity)
        self._commands_of[identity] = command
        self._windows[identity] = window
        if window.events.loaded.is_set():
            on_loaded()  # it was faster than our handlers
        if webview.guilib is not None:
            self._watchdog.watch(window)
            # The next window waits until this one stands.
            loaded.wait(_LOADED_LIMIT)

    def _may_close(self, identity: str) -> bool:
        """On the GUI thread. False keeps the window, until the page has been asked."""
        window, command = self._windows.get(identity), self._commands_of[identity]
        if window is None:
            return True
        last = [self._commands_of[other]["group"] for other in self._windows].count(command["group"]) == 1
        return self._closing.wanted(window, command["title"], last and command.get("on_close") == "ask")

    def _close(self, window: Any, stop: bool | None) -> None:
        for identity, ours in list(self._windows.items()):
            if ours is window:
                self._answers[identity] = stop
        window.destroy()

    def _send(self, **event: Any) -> None:
        try:
            with self._lock:
                self._events.write(json.dumps(event).encode() + b"\n")
        except BrokenPipeError:
            return  # the runtime has died: the reader sees it too


def _take_pipes() -> tuple[int, int]:
    """Move the pipes away from fds 0 and 1: toolkits print."""
    commands, events = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return commands, events


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--storage", required=True)
    parser.add_argument("--linger", type=float, default=10.0)
    parser.add_argument("--blank-after", type=float, default=10.0)
    options = parser.parse_args()
    commands, events = _take_pipes()
    with contextlib.suppress(OSError):
        os.chdir(os.path.expanduser("~"))  # where a dialog that asks for a file begins
    from .qt import prepare

    host = Host(commands, events, options.storage, options.linger, options.blank_after)
    prepare(options.storage, host.tell)
    host.run()


if __name__ == "__main__":
    main()
