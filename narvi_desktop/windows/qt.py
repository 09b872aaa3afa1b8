"""What has to be done around pywebview for Qt, on Linux; on other systems nothing here has an effect."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Any

from narvi_desktop.state.window_geometry import Geometry

from .types import WindowOptions

if TYPE_CHECKING:
    from .qt_view import View, ViewDelegate

_FLAGS = "QTWEBENGINE_CHROMIUM_FLAGS"
_GC_INTERVAL = 2000  # milliseconds
_timers: list[Any] = []  # Qt stops a timer that Python frees
_profiles: dict[str, Any] = {}
_view_classes: list[type[View]] = []  # the class of our windows, once it is installed


def prepare(
    storage: str, delegate: ViewDelegate, *, foreign: bool = False, popups_need_click: bool = False
) -> None:
    """Choose the toolkit and put our classes in the place of pywebview's. Call it before pywebview is imported.

    Args:
        storage: the folder in which pages keep what they store.
        delegate: gets what happens to windows, on the GUI thread.
        foreign: the pages are not of apps. They get no permissions, and a redirect decides what their site is.
        popups_need_click: pages may open windows only when the user has clicked.
    """
    if not sys.platform.startswith("linux"):
        return
    os.environ.setdefault("PYWEBVIEW_GUI", "qt")
    os.environ["QT_API"] = "pyside6"
    if os.getuid() == 0:
        # Chromium refuses to run as root with its sandbox; for every other user it stays on.
        os.environ[_FLAGS] = f"{os.environ.get(_FLAGS, '')} --no-sandbox".strip()
        print("running as root: the page's sandbox is off", file=sys.stderr)
    _share_one_profile(storage, popups_need_click)
    try:
        from .qt_view import install
    except ImportError:
        return  # there is no Qt: pywebview says so when it starts
    _view_classes.append(install(delegate, foreign))


def configure() -> None:
    """Set up the application after its loop has started: it outlives its windows, and its garbage is safe.

    PySide6 aborts the process when Python's collector frees a closed window on another thread than the GUI's. So the
    collector is switched off, and a timer of the GUI thread runs it.
    """
    if not sys.platform.startswith("linux"):
        return
    from qtpy import QtWidgets

    application = QtWidgets.QApplication.instance()
    if application is None:
        return
    application.setQuitOnLastWindowClosed(False)
    application.setDesktopFileName("narvi-desktop")  # by which Wayland finds the icon
    gc.disable()
    _start_timer(application, _GC_INTERVAL, gc.collect)


def has_view() -> bool:
    """Return whether windows are of our class, which places itself and reports its geometry."""
    return bool(_view_classes)


def set_next_options(options: WindowOptions, geometry: Geometry) -> None:
    """Say how the window that pywebview makes next looks: its create_window does not take all of it."""
    if _view_classes:
        _view_classes[0].next_options, _view_classes[0].next_geometry = options, geometry


def end() -> bool:
    """End the loop in the toolkit's own way; return False where there is none.

    Chromium keeps what pages store in memory for seconds: a process that just exits loses it.
    """
    if not _view_classes:
        return False
    from qtpy import QtWidgets

    application = QtWidgets.QApplication.instance()
    if application is None:
        return False
    _start_timer(application, 0, _end, repeat=False)
    return True


def _start_timer(application: Any, milliseconds: int, function: Any, repeat: bool = True) -> None:
    """Call a function on the GUI thread; this may be called on any."""
    from qtpy import QtCore

    timer = QtCore.QTimer()
    timer.setInterval(milliseconds)
    timer.setSingleShot(not repeat)
    timer.moveToThread(application.thread())
    timer.timeout.connect(function, QtCore.Qt.ConnectionType.DirectConnection)
    # A timer can be started only on the thread that owns it.
    QtCore.QMetaObject.invokeMethod(timer, "start", QtCore.Qt.ConnectionType.QueuedConnection)
    _timers.append(timer)


def _end() -> None:
    """Delete the pages and end the loop; on the GUI thread."""
    from qtpy import QtWidgets

    delete_pages()
    QtWidgets.QApplication.exit(0)


def delete_pages() -> None:
    """Delete the pages and then their profile, which writes what they have stored; on the GUI thread."""
    if not _view_classes:
        return
    from qtpy import QtCore

    for view in list(_view_classes[0].instances.values()):
        view.hide()
        view.webview.page().nav_handler.deleteLater()  # pywebview's, a page too
        view.webview.page().deleteLater()
    QtCore.QCoreApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)
    for profile in _profiles.values():
        profile.deleteLater()
    QtCore.QCoreApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)


def _share_one_profile(storage: str, popups_need_click: bool) -> None:
    """Let all windows share a profile: pywebview makes one per window on one path, and a second often never loads."""
    try:
        from qtpy import QtWebEngineCore
    except ImportError:
        return
    import webview.platforms.qt as backend

    # pywebview reads this when the module is imported, which is before start() would set it.
    backend._profile_storage_path = storage
    make = QtWebEngineCore.QWebEngineProfile

    def profile(*arguments: Any) -> Any:
        if not arguments or not isinstance(arguments[0], str):
            return make(*arguments)
        name = arguments[0]
        if name not in _profiles:
            _profiles[name] = make(name)
            # Without it a page may open a window only when the user has clicked; Narvi's programs open them at once.
            # What they may open is decided in qt_view.
            attribute = QtWebEngineCore.QWebEngineSettings.WebAttribute.JavascriptCanOpenWindows
            _profiles[name].settings().setAttribute(attribute, not popups_need_click)
        return _profiles[name]

    backend.QWebEngineProfile = profile
