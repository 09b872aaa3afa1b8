"""Whether a window can be shown, and why not."""

from __future__ import annotations

import importlib.util

import pytest

from narvi_desktop.windows.availability import INSTALL, no_display, why_not

SCREEN = {"DISPLAY": ":7"}


def test_a_display_is_x11_or_wayland() -> None:
    assert no_display({}) and no_display({"DISPLAY": ""})
    assert not no_display(SCREEN) and not no_display({"WAYLAND_DISPLAY": "wayland-0"})
    assert why_not({}) == "there is no display" and why_not(SCREEN) is None


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ("webview", f"pywebview is not installed ({INSTALL})"),
        ("qtpy", f"no window toolkit is installed ({INSTALL})"),
        ("PySide6.QtWebEngineWidgets", f"no window toolkit is installed ({INSTALL})"),
    ],
)
def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, missing: str, reason: str) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == missing else find(name))
    assert why_not(SCREEN) == reason


def test_other_systems_bring_their_toolkit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert why_not({}) is None
