"""What Qt alone needs, on Linux; elsewhere nothing here does anything."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from typing import Any

_FLAGS = "QTWEBENGINE_CHROMIUM_FLAGS"
_kept: list[Any] = []


def prepare(storage: str, follow: Callable[[Any, str], None]) -> None:
    """Before pywebview is imported: which toolkit, one profile for all windows, links, and the sandbox.

    Args:
        follow: called with pywebview's window and an address that its page wants in a new window.
    """
    if not sys.platform.startswith("linux"):
        return
    os.environ.setdefault("PYWEBVIEW_GUI", "qt")
    os.environ["QT_API"] = "pyside6"
    if os.getuid() == 0:
        # Chromium refuses to run as root with its sandbox; for every other user it stays on.
        os.environ[_FLAGS] = f"{os.environ.get(_FLAGS, '')} --no-sandbox".strip()
        print("running as root: the page's sandbox is off", file=sys.stderr)
    _share_one_profile(storage)
    _follow_titles()
    _hand_over_links(follow)


def settle() -> None:
    """After the loop has started: the application stays when a window closes, and garbage is collected on its thread.

    PySide6 aborts the process when Python's collector frees a closed window on another thread.
    """
    if not sys.platform.startswith("linux"):
        return
    from qtpy import QtCore, QtWidgets

    application = QtWidgets.QApplication.instance()
    if application is None:
        return
    application.setQuitOnLastWindowClosed(False)
    gc.disable()
    timer = QtCore.QTimer()
    timer.moveToThread(application.thread())
    timer.setInterval(2000)
    timer.timeout.connect(gc.collect, QtCore.Qt.ConnectionType.DirectConnection)
    # A timer starts on the thread that owns it.
    QtCore.QMetaObject.invokeMethod(timer, "start", QtCore.Qt.ConnectionType.QueuedConnection)
    _kept.append(timer)


def _follow_titles() -> None:
    """A window is called what its page is called; pywebview leaves the title that it was made with.

    Joined where the window is made, on the GUI thread: a handler that is added later may miss the page's title.
    """
    try:
        import webview.platforms.qt as backend
    except ImportError:
        return
    make = backend.BrowserView.__init__

    def make_and_join(self: Any, *arguments: Any) -> None:
        make(self, *arguments)

        def rename(title: str) -> None:
            # While a page loads, and when it has no title, Chromium's title is its address, ticket included.
            if not title.startswith(("127.0.0.1", "http://", "about:")):
                self.setWindowTitle(title)

        self.webview.titleChanged.connect(rename)

    backend.BrowserView.__init__ = make_and_join


def _hand_over_links(follow: Callable[[Any, str], None]) -> None:
    """pywebview gives the browser any address that a page opens a window for; which ones is the runtime's to say."""
    try:
        import webview.platforms.qt as backend
    except ImportError:
        return
    handler = backend.BrowserView.NavigationHandler
    make = handler.__init__

    def make_and_keep(self: Any, page: Any) -> None:
        make(self, page)
        self.opener = page

    def ask(self: Any, url: Any, kind: Any, is_main_frame: bool) -> bool:
        if is_main_frame:
            follow(self.opener.parent().window().pywebview_window, url.toString())
        return False

    handler.__init__ = make_and_keep
    handler.acceptNavigationRequest = ask


def _share_one_profile(storage: str) -> None:
    """pywebview makes a profile object per window on one path: a second window then often never loads."""
    try:
        from qtpy import QtWebEngineCore
    except ImportError:
        return
    import webview.platforms.qt as backend

    # Read by pywebview when the module is imported, which is before start() would set it.
    backend._profile_storage_path = storage
    make = QtWebEngineCore.QWebEngineProfile
    shared: dict[str, Any] = {}

    def profile(*arguments: Any) -> Any:
        if not arguments or not isinstance(arguments[0], str):
            return make(*arguments)
        if arguments[0] not in shared:
            shared[arguments[0]] = made = make(arguments[0])
            # As in every browser: a page opens a window when a person has clicked, not by itself.
            attribute = QtWebEngineCore.QWebEngineSettings.WebAttribute.JavascriptCanOpenWindows
            made.settings().setAttribute(attribute, False)
        return shared[arguments[0]]

    backend.QWebEngineProfile = profile
