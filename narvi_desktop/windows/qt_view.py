"""A window of pywebview's Qt back end, with what it lacks: place, zoom, icon, links, downloads, a dead page.

All of it runs on the GUI thread; what it finds is told by `View.tell`, which only enqueues.
"""

from __future__ import annotations

import json
import queue
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import webview.platforms.qt as backend
from qtpy import QtCore, QtGui, QtWebEngineCore, QtWidgets

from .geometry import Rect, clamp

_SETTLED = 300  # milliseconds without a change, until a new place is told
_LINKS, _LINKS_WITHIN = 5, 5.0  # so many a page may send to the browser within so many seconds
_ZOOMS = (0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
_TOAST = (Path(__file__).resolve().parent / "toast.js").read_text(encoding="utf-8")
_DOWNLOAD = QtWebEngineCore.QWebEngineDownloadRequest.DownloadState


def _stays(page: Any, url: Any, kind: Any, is_main_frame: bool) -> bool:
    """A page stays on its own site: an address elsewhere goes to who asked for a window."""
    view = page.parent().window()
    if not is_main_frame or not isinstance(view, View) or view.is_at_home(url):
        return True
    view.follow(url.toString())
    return False


def _show_menu(web_view: Any, event: Any) -> None:
    """A menu for text, where pywebview has none."""
    action = QtWebEngineCore.QWebEnginePage.WebAction
    wanted = (action.Cut, action.Copy, action.Paste, action.CopyLinkToClipboard, action.SelectAll)
    menu = QtWidgets.QMenu(web_view)
    menu.addActions([one for kind in wanted if (one := web_view.page().action(kind)).isEnabled()])
    if menu.actions():
        menu.popup(event.globalPos())


def install(tell: Callable[[Any, dict[str, Any]], None]) -> type[View]:
    """Windows of ours in place of pywebview's, whose inner classes find each other by it: so they are patched."""
    backend.BrowserView.WebPage.acceptNavigationRequest = _stays
    handler = backend.BrowserView.NavigationHandler
    make = handler.__init__

    def make_and_keep(self: Any, page: Any) -> None:
        make(self, page)
        self.opener = page

    def ask(self: Any, url: Any, kind: Any, is_main_frame: bool) -> bool:
        # pywebview gives the browser any address that a page opens a window for; which ones is the runtime's to say.
        if is_main_frame:
            self.opener.parent().window().follow(url.toString())
        return False

    handler.__init__ = make_and_keep
    handler.acceptNavigationRequest = ask
    show_developer_menu = backend.BrowserView.WebView.contextMenuEvent

    def show_menu(web_view: Any, event: Any) -> None:
        (show_developer_menu if backend._state["debug"] else _show_menu)(web_view, event)

    backend.BrowserView.WebView.contextMenuEvent = show_menu
    View.tell = staticmethod(tell)
    backend.BrowserView = View
    return View


class View(backend.BrowserView):  # type: ignore[misc]
    """One window; pywebview makes it where it would make its own.

    Attributes:
        look: of the window that is made next: x, y, maximized, zoom, icon.
        tell: called with the window and an event: place, link, gone.
    """

    look: ClassVar[Mapping[str, Any]] = {}
    tell: ClassVar[Callable[[Any, dict[str, Any]], None]]
    _asked = QtCore.Signal(str, str, object, object)

    def __init__(self, window: Any) -> None:
        look = dict(View.look)
        self._home = _origin(QtCore.QUrl(window.original_url or ""))
        self._zoom = float(look.get("zoom", 1.0))
        self._followed: deque[float] = deque(maxlen=_LINKS)
        self._place: dict[str, Any] = {}
        self._settled = QtCore.QTimer()
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED)
        super().__init__(window)
        self._settled.timeout.connect(self._tell_place)
        self._join()
        self._take_place(look)
        self._tell_place(quietly=True)

    def _join(self) -> None:
        page = self.webview.page()
        self._asked.connect(self._ask)
        self.webview.setContextMenuPolicy(QtCore.Qt.ContextMenuPolicy.DefaultContextMenu)
        self.webview.titleChanged.connect(self._rename)
        page.renderProcessTerminated.connect(self._page_died)
        page.loadFinished.connect(lambda *_: self._set_zoom(self._zoom))
        page.zoomFactorChanged.connect(self._zoomed)
        for keys, step in ((["Ctrl++", "Ctrl+="], 1), (["Ctrl+-"], -1), (["Ctrl+0"], 0)):
            for key in keys:
                shortcut = QtGui.QShortcut(QtGui.QKeySequence(key), self)
                shortcut.activated.connect(lambda step=step: self._step_zoom(step))
        if View.look.get("icon"):
            self.setWindowIcon(QtGui.QIcon(str(View.look["icon"])))

    def _rename(self, title: str) -> None:
        # While a page loads, and when it has no title, Chromium's title is its address, ticket included.
        if not title.startswith(("127.0.0.1", "http://", "about:", "data:")):
            self.setWindowTitle(title)

    def choose(self, title: str, text: str, labels: Sequence[str]) -> int:
        """Which of the buttons a person chooses; the last one is that of Escape. Not on the GUI thread."""
        answer: queue.Queue[int] = queue.Queue()
        self._asked.emit(title, text, list(labels), answer)
        return answer.get()

    def _ask(self, title: str, text: str, labels: list[str], answer: queue.Queue[int]) -> None:
        box = QtWidgets.QMessageBox(QtWidgets.QMessageBox.Icon.Question, title, text, parent=self)
        box.setTextFormat(QtCore.Qt.TextFormat.PlainText)  # the text may be a page's
        role = QtWidgets.QMessageBox.ButtonRole
        buttons = [box.addButton(label, role.AcceptRole) for label in labels[:-1]]
        buttons.append(box.addButton(labels[-1], role.RejectRole))
        box.setDefaultButton(buttons[-1])
        box.setEscapeButton(buttons[-1])
        box.exec()
        answer.put(next((n for n, button in enumerate(buttons) if button is box.clickedButton()), len(labels) - 1))

    # Where it leads.

    def is_at_home(self, url: Any) -> bool:
        """Whether an address is of the site that the runtime has sent this window to."""
        return url.scheme() in ("about", "data", "chrome-error") or _origin(url) == self._home

    def on_load_url(self, url: str) -> None:
        self._home = _origin(QtCore.QUrl(url))
        super().on_load_url(url)

    def follow(self, url: str) -> None:
        now = time.monotonic()
        # A page could open one tab after the other.
        if len(self._followed) < _LINKS or now - self._followed[0] >= _LINKS_WITHIN:
            self._followed.append(now)
            View.tell(self.pywebview_window, {"event": "link", "url": url})

    def _page_died(self, status: Any, code: int) -> None:
        how = "was killed" if "Killed" in str(status) else f"ended with {code}" if code else "ended"
        View.tell(self.pywebview_window, {"event": "gone", "reason": f"The process that shows the page {how}."})

    # Place and zoom.

    def _take_place(self, look: Mapping[str, Any]) -> None:
        if "x" in look:
            rect = Rect(look["x"], look["y"], look["width"], look["height"])
            screens = [screen.availableGeometry().getRect() for screen in QtGui.QGuiApplication.screens()]
            fits = clamp(rect, [Rect(*screen) for screen in screens])
            self.resize(fits.width, fits.height)
            self.move(fits.x, fits.y)
        if look.get("maximized"):
            self.setWindowState(QtCore.Qt.WindowState.WindowMaximized)

    def moveEvent(self, event: Any) -> None:
        super().moveEvent(event)
        self._settled.start()

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._settled.start()

    def changeEvent(self, event: Any) -> None:
        super().changeEvent(event)
        self._settled.start()

    def on_window_restore(self) -> None:
        """Into sight and in front; pywebview's own would end a maximized window's state."""
        self.setWindowState(self.windowState() & ~QtCore.Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    def _tell_place(self, quietly: bool = False) -> None:
        if self.isMinimized():
            return
        place = dict(self._place)
        place["maximized"] = self.isMaximized()
        if not self.isMaximized() and not self.isFullScreen():
            at = self.pos()
            place |= {"x": at.x(), "y": at.y(), "width": self.width(), "height": self.height()}
        place["zoom"] = self._zoom
        if place != self._place:
            self._place = place
            if not quietly:
                View.tell(self.pywebview_window, {"event": "place", "place": place})

    def _step_zoom(self, step: int) -> None:
        further = [zoom for zoom in _ZOOMS if (zoom - self._zoom) * step > 0.01]
        self._zoomed(1.0 if step == 0 else (further[0 if step > 0 else -1] if further else self._zoom))
        self._set_zoom(self._zoom)

    def _set_zoom(self, zoom: float) -> None:
        if abs(self.webview.zoomFactor() - zoom) > 0.01:
            self.webview.setZoomFactor(zoom)

    def _zoomed(self, zoom: float) -> None:
        self._zoom = round(zoom, 2)
        self._settled.start()

    def closeEvent(self, event: Any) -> None:
        self._settled.stop()
        self._tell_place()
        super().closeEvent(event)

    # Downloads: pywebview's way ended with Qt 5.

    def on_download_requested(self, download: Any) -> None:
        """Into the downloads folder, as browsers do; all windows share one profile and hear of each other's."""
        if download.page() is not self.webview.page():
            return
        kind = QtCore.QStandardPaths.StandardLocation.DownloadLocation
        folder = Path(QtCore.QStandardPaths.writableLocation(kind) or Path.home())
        name = Path(download.suggestedFileName()).name or "download"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            name = _free_name(folder, name)
        except OSError as error:
            self.notify(f"{name} could not be saved: {error.strerror}")
            return
        download.setDownloadDirectory(str(folder))
        download.setDownloadFileName(name)
        download.isFinishedChanged.connect(lambda: self._downloaded(download, folder / name))
        download.accept()

    def _downloaded(self, download: Any, file: Path) -> None:
        if download.state() == _DOWNLOAD.DownloadCompleted:
            self.notify(f"{file.name} was saved in {file.parent}")
        elif download.state() == _DOWNLOAD.DownloadInterrupted:
            self.notify(f"{file.name} could not be saved: {download.interruptReasonString()}")

    def notify(self, text: str) -> None:
        """A quiet line over the page, in a world that its scripts do not reach."""
        world = QtWebEngineCore.QWebEngineScript.ScriptWorldId.ApplicationWorld
        self.webview.page().runJavaScript(f"({_TOAST})({json.dumps(text)})", world.value)


def _origin(url: Any) -> tuple[str, str, int]:
    return url.scheme(), url.host(), url.port(80)


def _free_name(folder: Path, name: str) -> str:
    """The name, or the first "name (2).ext" that is not taken. Raises OSError."""
    stem, dot, suffix = name.partition(".")
    candidates = (name, *(f"{stem} ({number}){dot}{suffix}" for number in range(2, 10_000)))
    return next(candidate for candidate in candidates if not (folder / candidate).exists())
