"""A window of pywebview's Qt back end, with what it lacks: geometry, zoom, icon, links, popups, a page that died.

All of this runs on the GUI thread, and nothing here blocks: what happens is handed to the `ViewDelegate`.
"""

from __future__ import annotations

import json
import queue
import time
import uuid
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Protocol

import webview
import webview.platforms.qt as backend
from qtpy import QtCore, QtGui, QtWebEngineCore, QtWidgets

from narvi_desktop.state.window_geometry import Geometry

from . import qt_downloads, qt_page
from .geometry import Rect, cascade, clamp
from .protocol import Event, GeometryChanged, LinkFollowed, PageFailed
from .types import WindowOptions

_SETTLE_TIME = 300  # milliseconds without a change, until a geometry is reported
_LINK_LIMIT, _LINK_PERIOD = 5, 5.0  # so many links may a page send to the browser within so many seconds
_ZOOM_STEPS = (0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
_LOCAL_SCHEMES = ("about", "blob", "data", "chrome-error")  # addresses that belong to the page that made them
_Origin = tuple[str, str, int]  # scheme, host and port
_TOAST = (Path(__file__).resolve().parent / "toast.js").read_text(encoding="utf-8")


class ViewDelegate(Protocol):
    """Who owns the windows; called on the GUI thread with pywebview's window objects."""

    def report(self, view: Any, event: Event) -> None:
        """Take note of what has happened to a window."""

    def may_open_popup(self, opener: Any) -> bool:
        """Return whether a page may open one more window."""

    def add_popup(self, opener: Any, view: Any) -> None:
        """Take in a window that a page has opened."""


def install(delegate: ViewDelegate, foreign: bool) -> type[View]:
    """Put our windows in the place of pywebview's.

    Args:
        foreign: the pages are not of apps. They get no permissions, and a redirect decides what their site is.
    """
    qt_page.install()
    if foreign:
        qt_page.deny_permissions()
    View.delegate, View.foreign = delegate, foreign
    backend.BrowserView = View
    return View


class View(backend.BrowserView):  # type: ignore[misc]
    """One window. pywebview makes it where it would make its own; one for a popup is made here.

    Attributes:
        next_options: of the window that pywebview makes next, like `next_geometry`.
    """

    delegate: ClassVar[ViewDelegate]
    foreign: ClassVar[bool] = False
    next_options: ClassVar[WindowOptions] = WindowOptions("")
    next_geometry: ClassVar[Geometry] = Geometry()
    _choice_wanted = QtCore.Signal(str, str, object, object)

    def __init__(self, window: Any, opener: View | None = None) -> None:
        self._opener = opener
        self._options: WindowOptions = View.next_options if opener is None else opener._options
        geometry = View.next_geometry if opener is None else opener._popup_geometry()
        self._home: _Origin = _origin(QtCore.QUrl(window.original_url or "")) if opener is None else opener._home
        self._zoom = geometry.zoom or 1.0
        self._popups = 0
        self._has_page = False
        self._links: deque[float] = deque(maxlen=_LINK_LIMIT)
        self._geometry = Geometry()
        self._settle = QtCore.QTimer()
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_TIME)
        super().__init__(window)
        self._settle.timeout.connect(self._report_geometry)
        self._connect()
        self._place(geometry)
        self._geometry = self._current_geometry()

    def _connect(self) -> None:
        page = self.webview.page()
        qt_page.mark(page)
        self._choice_wanted.connect(self._show_choice)
        self.webview.setContextMenuPolicy(QtCore.Qt.ContextMenuPolicy.DefaultContextMenu)
        self.webview.titleChanged.connect(self._on_title)
        page.renderProcessTerminated.connect(self._on_page_died)
        page.loadFinished.connect(lambda *_: self._apply_zoom(self._zoom))
        page.zoomFactorChanged.connect(self._on_zoom)
        page.newWindowRequested.connect(self._on_new_window)
        page.windowCloseRequested.connect(self.close)
        if self._opener is not None:
            page.geometryChangeRequested.connect(self._on_geometry_wanted)
        for keys, step in ((["Ctrl++", "Ctrl+="], 1), (["Ctrl+-"], -1), (["Ctrl+0"], 0)):
            for key in keys:
                shortcut = QtGui.QShortcut(QtGui.QKeySequence(key), self)
                shortcut.activated.connect(lambda step=step: self._step_zoom(step))
        if self._options.icon:
            self.setWindowIcon(QtGui.QIcon(self._options.icon))

    def on_load_finished(self, ok: bool = True) -> None:
        """Take the place of pywebview's handler, which puts a bridge to Python into every page, foreign ones too."""
        self._has_page = self._has_page or (ok and self.webview.url().scheme() not in ("", "about"))
        if self.uid != "web_inspector":
            self.pywebview_window.events.loaded.set()
            if backend._state["debug"] and webview.settings["OPEN_DEVTOOLS_IN_DEBUG"]:
                self.webview.show_inspector()

    def _on_title(self, title: str) -> None:
        # While a page loads, and when it has no title, Chromium's title is its address, ticket included.
        if not title.startswith(("127.0.0.1", "localhost:", "http://", "https://", "about:", "data:")):
            self.setWindowTitle(title)

    def _on_page_died(self, status: Any, code: int) -> None:
        how = "was killed" if "Killed" in str(status) else f"ended with {code}" if code else "ended"
        View.delegate.report(self.pywebview_window, PageFailed(f"The process that shows the page {how}."))

    def on_window_restore(self) -> None:
        """Show the window in front of the others; pywebview's own handler would end a maximized window's state."""
        self.setWindowState(self.windowState() & ~QtCore.Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    # Questions to the user.

    def choose(self, title: str, text: str, labels: Sequence[str]) -> int:
        """Return the index of the button that the user presses; Escape is the last one. Not on the GUI thread."""
        answer: queue.Queue[int] = queue.Queue()
        self._choice_wanted.emit(title, text, list(labels), answer)
        return answer.get()

    def _show_choice(self, title: str, text: str, labels: list[str], answer: queue.Queue[int]) -> None:
        box = QtWidgets.QMessageBox(QtWidgets.QMessageBox.Icon.Question, title, text, parent=self)
        box.setTextFormat(QtCore.Qt.TextFormat.PlainText)  # the text may come from a page
        role = QtWidgets.QMessageBox.ButtonRole
        buttons = [box.addButton(label, role.AcceptRole) for label in labels[:-1]]
        buttons.append(box.addButton(labels[-1], role.RejectRole))
        box.setDefaultButton(buttons[-1])
        box.setEscapeButton(buttons[-1])
        box.exec()
        pressed = box.clickedButton()
        answer.put(next((index for index, button in enumerate(buttons) if button is pressed), len(labels) - 1))

    # Links and popups.

    def is_at_home(self, url: Any) -> bool:
        """Return whether an address is of the site that the runtime has sent this window to."""
        if View.foreign and self._opener is None and not self._has_page:
            self._home = _origin(url)  # such as from example.org to www.example.org
        return url.scheme() in _LOCAL_SCHEMES or _origin(url) == self._home

    def on_load_url(self, url: str) -> None:
        """Load a page for the runtime: its site is the window's from now on."""
        self._home = _origin(QtCore.QUrl(url))
        super().on_load_url(url)

    def follow(self, url: str) -> None:
        """Report a link to another site, unless the page has sent too many to the browser just now."""
        now = time.monotonic()
        if len(self._links) < _LINK_LIMIT or now - self._links[0] >= _LINK_PERIOD:
            self._links.append(now)
            View.delegate.report(self.pywebview_window, LinkFollowed(url))

    def _on_new_window(self, request: Any) -> None:
        """Give a page of this site the window that it opens; an address elsewhere needs a click."""
        url = request.requestedUrl()
        if not self.is_at_home(url):
            if request.isUserInitiated():
                self.follow(url.toString())
        elif View.delegate.may_open_popup(self.pywebview_window):
            # Made at once: the request, and with it the opener of the new page, is valid only in this call.
            self._popups += 1
            window = webview.Window(f"popup_{uuid.uuid4().hex}", self._options.title, None, text_select=True)
            webview.windows.append(window)
            window._initialize(webview.guilib)
            popup = View(window, self)
            popup.installEventFilter(popup)
            View.delegate.add_popup(self.pywebview_window, window)
            request.openIn(popup.webview.page())
            popup.show()

    def _popup_geometry(self) -> Geometry:
        """Place a window that this one's page opens: of the app's size and a step away."""
        options, position = self._options, self.pos()
        geometry = Geometry(position.x(), position.y(), options.width, options.height, zoom=self._zoom)
        return cascade(geometry, self._popups)

    def _on_geometry_wanted(self, wanted: Any) -> None:
        """Place a popup where its page or its opener wants it, on a screen."""
        x, y = wanted.x(), wanted.y()
        if (x, y) == (0, 0):  # what Chromium says when only a size was asked for
            x, y = self.pos().x(), self.pos().y()
        width = wanted.width() or self.width()
        self._place(Geometry(x, y, width, wanted.height() or self.height()))

    # Geometry and zoom.

    def _place(self, geometry: Geometry) -> None:
        if geometry.rect is not None:
            screens = [screen.availableGeometry().getRect() for screen in QtGui.QGuiApplication.screens()]
            rect = clamp(Rect(*geometry.rect), [Rect(*screen) for screen in screens])
            self.resize(rect.width, rect.height)
            self.move(rect.x, rect.y)
        if geometry.maximized:
            self.setWindowState(QtCore.Qt.WindowState.WindowMaximized)

    def moveEvent(self, event: Any) -> None:
        super().moveEvent(event)
        self._settle.start()

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._settle.start()

    def changeEvent(self, event: Any) -> None:
        super().changeEvent(event)
        self._settle.start()

    def closeEvent(self, event: Any) -> None:
        self._settle.stop()
        self._report_geometry()
        super().closeEvent(event)

    def _current_geometry(self) -> Geometry:
        if self.isMaximized() or self.isFullScreen():
            return replace(self._geometry, maximized=self.isMaximized(), zoom=self._zoom)
        return Geometry(self.pos().x(), self.pos().y(), self.width(), self.height(), zoom=self._zoom)

    def _report_geometry(self) -> None:
        if self.isMinimized():
            return
        geometry = self._current_geometry()
        if geometry != self._geometry:
            self._geometry = geometry
            View.delegate.report(self.pywebview_window, GeometryChanged(geometry))

    def _step_zoom(self, step: int) -> None:
        further = [zoom for zoom in _ZOOM_STEPS if (zoom - self._zoom) * step > 0.01]
        self._on_zoom(1.0 if step == 0 else (further[0 if step > 0 else -1] if further else self._zoom))
        self._apply_zoom(self._zoom)

    def _apply_zoom(self, zoom: float) -> None:
        if abs(self.webview.zoomFactor() - zoom) > 0.01:
            self.webview.setZoomFactor(zoom)

    def _on_zoom(self, zoom: float) -> None:
        self._zoom = round(zoom, 2)
        self._settle.start()

    # Downloads.

    def on_download_requested(self, download: Any) -> None:
        """Save a download of this window's page; all windows share a profile and hear of each other's."""
        if download.page() is not self.webview.page():
            return
        if self._opener is None or self._has_page:
            qt_downloads.save(download, self.notify)
            return
        # The popup was opened for the download alone, and has nothing to show.
        qt_downloads.save(download, self._opener.notify)
        self.close()

    def notify(self, text: str) -> None:
        """Show a line over the page for a moment, in a world that its scripts cannot reach."""
        world = QtWebEngineCore.QWebEngineScript.ScriptWorldId.ApplicationWorld
        self.webview.page().runJavaScript(f"({_TOAST})({json.dumps(text)})", world.value)


def _origin(url: Any) -> _Origin:
    return url.scheme(), url.host(), url.port(443 if url.scheme() == "https" else 80)
