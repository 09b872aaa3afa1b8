"""A stand-in for pywebview's windows and module, for tests that need no screen."""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Callable
from typing import Any

import pytest


class Signal:
    """An event to which handlers are added by +=."""

    def __init__(self) -> None:
        self.handlers: list[Callable[..., Any]] = []

    def __iadd__(self, handler: Callable[..., Any]) -> Signal:
        self.handlers.append(handler)
        return self

    def fire(self, *arguments: Any) -> None:
        for handler in self.handlers:
            handler(*arguments)


class Events:
    def __init__(self) -> None:
        for name in ("moved", "resized", "maximized", "restored", "closed", "closing", "loaded"):
            setattr(self, name, Signal())


class FakeWindow:
    """One of pywebview's windows. `page` answers scripts; None: it hangs."""

    def __init__(self, page: Callable[[str], object] | None = None) -> None:
        self.uid = f"window-{id(self)}"
        self.events: Any = Events()
        self.native: object = None
        self.page = page
        self.calls: list[tuple[Any, ...]] = []

    def resize(self, width: int, height: int) -> None:
        self.calls.append(("resize", width, height))

    def move(self, x: int, y: int) -> None:
        self.calls.append(("move", x, y))

    def create_confirmation_dialog(self, title: str, text: str) -> bool:
        self.calls.append(("confirm", title, text))
        return True


def install(monkeypatch: pytest.MonkeyPatch, *windows: FakeWindow) -> threading.Event:
    """Put a module in the place of pywebview; scripts of pages that hang wait for the event that is returned."""
    released = threading.Event()

    def evaluate_js(script: str, uid: str, parse_json: bool) -> object:
        (window,) = (window for window in windows if window.uid == uid)
        if window.page is None:
            released.wait()
            return None
        return window.page(script)

    module = types.ModuleType("webview")
    module.guilib = types.SimpleNamespace(evaluate_js=evaluate_js)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "webview", module)
    return released
