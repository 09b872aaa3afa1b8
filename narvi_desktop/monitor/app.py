"""The monitor as a program of the terminal: reads the stream and the keys, and draws."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from narvi_desktop.state.files import read_tail

from .alternate_screen import AlternateScreen
from .glyphs import Glyphs
from .keys import Keys, open_keys
from .render import draw, draw_waiting
from .snapshot import History, Snapshot
from .state import Action, State, press, with_valid_selection

Documents = Callable[[], Iterator[dict[str, Any] | None]]


class MonitorApp:
    """Shows the runtime's stream until the user quits.

    The state is changed on the thread that calls `run` alone, which waits for keys. Other threads hand it functions.

    Args:
        documents: yields what the runtime streams, without end, and None while there is no runtime. Read on a thread.
        do: carries out an action on a thread, and returns a sentence that says what came of it.
    """

    def __init__(self, console: Console, documents: Documents, do: Callable[[Action], str]) -> None:
        self._console = console
        self._documents = documents
        self._do = do
        self._glyphs = Glyphs.of_encoding(console.encoding)
        self._history = History()
        self._snapshot: Snapshot | None = None
        self._drawn: Snapshot | None = None  # stays while paused
        self._state = State()
        self._keys: Keys = open_keys()
        # Functions that other threads want to be called by `run`; they wake it after they have put one here.
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._ended = False

    def run(self) -> None:
        """Draw until the user quits or a signal ends the monitor."""
        with AlternateScreen(self._console) as screen, self._keys:
            threading.Thread(target=self._read, name="narvi-stream", daemon=True).start()
            self._take_signals(screen)
            while not self._ended:
                screen.show(self._lines())
                for key in self._keys.read(timeout=3600):
                    self._press(key)
                while not self._calls.empty():
                    self._calls.get()()

    def _lines(self) -> list[Text]:
        # The terminal's own: rich prefers COLUMNS and LINES, which tell its size at some start and stay as they are.
        width, height = os.get_terminal_size(self._console.file.fileno())
        if self._drawn is None:
            return draw_waiting(width, height, self._glyphs)
        self._state = with_valid_selection(self._state, self._drawn)
        chosen = self._drawn.find(self._state.selected)
        log = [] if chosen is None else read_tail(Path(chosen.log), height).splitlines()
        return draw(self._drawn, self._state, self._history, log, width, height, self._glyphs)

    def _press(self, key: str) -> None:
        if self._drawn is None:
            self._ended = key == "q"
            return
        self._state, action = press(self._state, key, self._drawn)
        if not self._state.paused:
            self._drawn = self._snapshot
        if action is None:
            return
        if action.act == "quit":
            self._ended = True
            return
        self._state = replace(self._state, notice=f"{action.act}…" if self._glyphs.blocks else f"{action.act}...")
        threading.Thread(target=self._act, args=(action,), daemon=True).start()

    # On other threads.

    def _read(self) -> None:
        for document in self._documents():
            self._call_soon(lambda document=document: self._take(document))  # type: ignore[misc]

    def _act(self, action: Action) -> None:
        said = self._do(action)
        self._call_soon(lambda: setattr(self, "_state", replace(self._state, notice=said)))

    def _call_soon(self, function: Callable[[], None]) -> None:
        self._calls.put(function)
        self._keys.wake()

    # On the thread of `run` again.

    def _take(self, document: dict[str, Any] | None) -> None:
        if document is None:
            self._snapshot = self._drawn = None
            self._history = History()
            return
        self._snapshot = self._history.feed(document)
        if not self._state.paused or self._drawn is None:
            self._drawn = self._snapshot

    def _take_signals(self, screen: AlternateScreen) -> None:
        def leave(*_: object) -> None:
            self._ended = True
            self._keys.wake()

        for name in ("SIGTERM", "SIGHUP", "SIGINT"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), leave)
        if sys.platform == "win32":
            return
        signal.signal(signal.SIGWINCH, lambda *_: self._keys.wake())
        signal.signal(signal.SIGTSTP, lambda *_: self._call_soon(lambda: self._suspend(screen)))

    def _suspend(self, screen: AlternateScreen) -> None:
        """Stop as Ctrl-Z asks: give the terminal back until the shell continues this process."""
        if sys.platform == "win32":
            return
        handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        self._keys.__exit__()
        with screen.left():
            os.kill(os.getpid(), signal.SIGTSTP)
        self._keys.__enter__()
        signal.signal(signal.SIGTSTP, handler)
