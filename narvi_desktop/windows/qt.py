"""What Qt alone needs, on Linux; elsewhere nothing here does anything."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

_FLAGS = "QTWEBENGINE_CHROMIUM_FLAGS"
_kept: list[Any] = []
_profiles: dict[str, Any] = {}
_views: list[Any] = []  # the class of our windows, once there is one


def prepare(storage: str, tell: Callable[[Any, dict[str, Any]], None]) -> None:
    """Before pywebview is imported: which toolkit, one profile for all windows, windows of ours, and the sandbox.

    Args:
        tell: called on the GUI thread with pywebview's window and what has happened to it.
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
    _use_view(tell)


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
    application.setDesktopFileName("narvi-desktop")  # by which Wayland finds the icon
    gc.disable()
    timer = QtCore.QTimer()
    timer.moveToThread(application.thread())
    timer.setInterval(2000)
    timer.timeout.connect(gc.collect, QtCore.Qt.ConnectionType.DirectConnection)
    # A timer starts on the thread that owns it.
    QtCore.QMetaObject.invokeMethod(timer, "start", QtCore.Qt.ConnectionType.QueuedConnection)
    _kept.append(timer)


def next_look(look: Mapping[str, Any]) -> None:
    """How the window that is made next is to look; back ends other than Qt get what create_window takes."""
    if _views:
        _views[0].look = look


def end() -> bool:
    """End the loop by the toolkit's own way, in which Chromium writes what pages have stored; False: there is none.

    Chromium keeps what pages store in memory for seconds: a process that just ends takes it along.
    """
    if not _views:
        return False
    from qtpy import QtCore, QtWidgets

    application = QtWidgets.QApplication.instance()
    if application is None:
        return False
    ending = QtCore.QTimer()
    ending.setSingleShot(True)
    ending.moveToThread(application.thread())
    ending.timeout.connect(_end, QtCore.Qt.ConnectionType.DirectConnection)
    QtCore.QMetaObject.invokeMethod(ending, "start", QtCore.Qt.ConnectionType.QueuedConnection)
    _kept.append(ending)
    return True


def _end() -> None:
    """On the GUI thread: the pages first, then their profile."""
    from qtpy import QtCore, QtWidgets

    for view in list(_views[0].instances.values()):
        view.hide()
        view.webview.page().nav_handler.deleteLater()  # a page too, of pywebview's
        view.webview.page().deleteLater()
    QtCore.QCoreApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)
    for profile in _profiles.values():
        profile.deleteLater()
    QtCore.QCoreApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)
    QtWidgets.QApplication.exit(0)


def has_view() -> bool:
    """Whether windows are ours, and tell of their places themselves."""
    return bool(_views)


def _use_view(tell: Callable[[Any, dict[str, Any]], None]) -> None:
    """Where there is no Qt, pywebview says so when it starts."""
    try:
        from .qt_view import install
    except ImportError:
        return
    _views.append(install(tell))


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
    shared = _profiles

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
