"""Show any web address in a window, in this process and without a runtime, until the window is closed.

The pages may be of anybody. They get a storage of their own, no cookie and no bridge to Python, and no permission.
"""

from __future__ import annotations

import sys
import threading
import webbrowser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from narvi_desktop.state.window_geometry import Geometry

from . import protocol, qt
from .close_confirmation import CloseConfirmation
from .types import WindowOptions

_POPUP_LIMIT = 20
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_LINK_SCHEMES = ("http", "https", "mailto")  # what the user's browser may be sent to


def show(url: str, storage: Path, icon: str | None = None) -> None:
    """Show an address and return when the last of its windows is closed. Call it on the main thread, and once.

    Args:
        storage: the folder in which the pages keep what they store; no other process may use it meanwhile.
    """
    parts = urlsplit(url)
    options = WindowOptions(parts.netloc.rpartition("@")[2], 1000, 700, icon)
    viewer = _Viewer()
    # Programs of this machine may open windows without a click, as Narvi's do.
    qt.prepare(str(storage), viewer, foreign=True, popups_need_click=parts.hostname not in _LOOPBACK)
    import webview

    webview.settings["ALLOW_DOWNLOADS"] = True
    webview.settings["ALLOW_FILE_URLS"] = False
    qt.set_next_options(options, viewer.geometry)
    view = webview.create_window(
        options.title, url, width=options.width, height=options.height, text_select=True, zoomable=True
    )
    assert view is not None
    viewer.add(view, options.title)
    webview.start(qt.configure, private_mode=False, storage_path=str(storage), icon=icon)
    qt.delete_pages()


class _Viewer:
    """The owner of the windows, which are those of one address and the ones that its pages open."""

    def __init__(self) -> None:
        self.geometry = Geometry()
        self._titles: dict[str, str] = {}  # by the id of the window; changed on the GUI thread
        self._confirmation = CloseConfirmation(lambda view, _: view.destroy())

    def add(self, view: Any, title: str) -> None:
        """Take in a window before it can be closed."""
        self._titles[view.uid] = title
        view.events.closing += lambda: self._confirmation.may_close(view, title, ask_to_stop=False)
        view.events.closed += lambda: self._titles.pop(view.uid, None)

    def report(self, view: Any, event: protocol.Event) -> None:
        match event:
            case protocol.LinkFollowed(url) if urlsplit(url).scheme in _LINK_SCHEMES:
                # On a thread: some browsers return only when they are closed.
                threading.Thread(target=webbrowser.open, args=(url, 2), daemon=True).start()
            case protocol.PageFailed(reason):
                print(f"narvi-desktop: {self._titles.get(view.uid, '')}: {reason}", file=sys.stderr)
                view.destroy()

    def may_open_popup(self, opener: Any) -> bool:
        return len(self._titles) <= _POPUP_LIMIT

    def add_popup(self, opener: Any, view: Any) -> None:
        self.add(view, self._titles.get(opener.uid, ""))
