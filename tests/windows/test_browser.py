"""The browser that shows an app where there is no toolkit; here a script that writes down how it was started."""

from __future__ import annotations

from pathlib import Path

import pytest

from narvi_desktop.windows import browser
from narvi_desktop.windows.browser import AppBrowser


def test_the_first_browser_on_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find() is None
    for name in ("microsoft-edge", "chromium"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
        assert browser.find() == str(tmp_path / name)


def test_it_gets_the_address_a_profile_and_the_caller_s_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "chromium"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$DISPLAY" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr(browser, "find", lambda: str(program))
    process = AppBrowser(tmp_path / "profile", tmp_path / "log").open("http://127.0.0.1:1/a", {"DISPLAY": ":77"})
    assert process is not None and process.wait() == 0
    display, *arguments = (tmp_path / "log").read_text().splitlines()
    assert display == ":77"
    assert arguments[:2] == ["--app=http://127.0.0.1:1/a", f"--user-data-dir={tmp_path / 'profile'}"]


def test_without_a_browser_there_is_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "find", lambda: None)
    assert AppBrowser(tmp_path, tmp_path / "log").open("http://127.0.0.1:1/a", {}) is None
