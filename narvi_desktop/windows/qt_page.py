"""What a page may do in a window of the Qt back end: pywebview's page classes, changed in place.

pywebview's inner classes find each other through their outer class, so they are patched rather than replaced.
"""

from __future__ import annotations

from typing import Any, Protocol

import webview.platforms.qt as backend
from qtpy import QtWebEngineCore, QtWidgets


class PageOwner(Protocol):
    """The window of a page."""

    def is_at_home(self, url: Any) -> bool:
        """Return whether an address belongs to the site that the window was sent to."""

    def follow(self, url: str) -> None:
        """Pass an address on another site on."""


def install() -> None:
    """Change pywebview's page classes."""
    backend.BrowserView.WebPage.acceptNavigationRequest = _accept_navigation
    # Windows that pages open are made by View, when newWindowRequested is emitted; what it leaves is refused.
    backend.BrowserView.WebPage.createWindow = lambda page, kind: None
    show_developer_menu = backend.BrowserView.WebView.contextMenuEvent

    def show_menu(web_view: Any, event: Any) -> None:
        (show_developer_menu if backend._state["debug"] else _show_text_menu)(web_view, event)

    backend.BrowserView.WebView.contextMenuEvent = show_menu


def mark(page: Any) -> None:
    """Let narvi.js know that it runs in a window of ours, which asks before it is closed."""
    script = QtWebEngineCore.QWebEngineScript()
    script.setSourceCode("globalThis.narvi_window = true")
    script.setInjectionPoint(QtWebEngineCore.QWebEngineScript.InjectionPoint.DocumentCreation)
    script.setWorldId(QtWebEngineCore.QWebEngineScript.ScriptWorldId.MainWorld.value)
    page.scripts().insert(script)


def deny_permissions() -> None:
    """Refuse camera, microphone and all else that pages ask for; pywebview grants the first two without a question."""

    def deny(page: Any, url: Any, feature: Any) -> None:
        denied = QtWebEngineCore.QWebEnginePage.PermissionPolicy.PermissionDeniedByUser
        page.setFeaturePermission(url, feature, denied)

    backend.BrowserView.WebPage.onFeaturePermissionRequested = deny


def _accept_navigation(page: Any, url: Any, kind: Any, is_main_frame: bool) -> bool:
    """Keep a page on its own site, redirects included; an address elsewhere is passed on."""
    owner: PageOwner = page.parent().window()
    if not is_main_frame or not hasattr(owner, "is_at_home") or owner.is_at_home(url):
        return True
    owner.follow(url.toString())
    return False


def _show_text_menu(web_view: Any, event: Any) -> None:
    """Show a menu for text, where pywebview has none."""
    action = QtWebEngineCore.QWebEnginePage.WebAction
    wanted = (action.Cut, action.Copy, action.Paste, action.CopyLinkToClipboard, action.SelectAll)
    menu = QtWidgets.QMenu(web_view)
    menu.addActions([entry for kind in wanted if (entry := web_view.page().action(kind)).isEnabled()])
    if menu.actions():
        menu.popup(event.globalPos())
