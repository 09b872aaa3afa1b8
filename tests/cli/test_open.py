"""Checking what is to be opened, before any runtime is started."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from narvi_desktop.cli import client
from narvi_desktop.cli.open import open_app
from narvi_desktop.control.answers import OpenAnswer
from narvi_desktop.control.errors import NotRunning, RuntimeLeaving
from narvi_desktop.control.requests import OpenRequest
from narvi_desktop.library.finder import AppNotFound, Finder
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.record import Record

ANSWER = OpenAnswer("team", "notes", "http://127.0.0.1:1/")


class FakeClient:
    """Stands in for the runtime: `error` is what it does with a command, as long as it has not been started."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: Exception | None = None) -> None:
        self.error = error
        self.requests: list[OpenRequest] = []
        self.started: list[bool] = []
        monkeypatch.setattr(client, "call_running", self.call_running)
        monkeypatch.setattr(client, "ensure_runtime", self.ensure_runtime)
        monkeypatch.setattr(client, "call", self.call_running)

    def call_running(self, paths: Any, command: object, request: OpenRequest) -> OpenAnswer:
        if self.error is not None and not self.started:
            raise self.error
        self.requests.append(request)
        return ANSWER

    def ensure_runtime(self, paths: Paths, window: bool) -> Record:
        self.started.append(window)
        return Record("1.0", 1, "http://127.0.0.1:1", "token")


def test_a_running_runtime_looks_the_app_up_itself(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeClient(monkeypatch)
    monkeypatch.setattr(Finder, "find", None)  # looking up here would be the second time
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DISPLAY", ":7")
    assert open_app(paths, "./mine", "main", "app") is ANSWER
    request = fake.requests[0]
    assert (str(request.target.app), request.target.service_id) == (str(tmp_path / "mine"), "main")
    assert (request.show, request.directory, request.options.environment["DISPLAY"]) == ("app", str(tmp_path), ":7")
    assert not fake.started


@pytest.mark.parametrize("error", [NotRunning(), RuntimeLeaving()])
def test_a_typo_starts_no_runtime(paths: Paths, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    fake = FakeClient(monkeypatch, error)
    with pytest.raises(AppNotFound, match="Did you mean hello"):
        open_app(paths, "helo")
    assert not fake.started
    assert open_app(paths, "hello") is ANSWER and open_app(paths, "hello", show="print") is ANSWER
    assert fake.started == [True]


def test_a_broken_app_is_left_to_the_runtime_which_shows_a_window(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    (paths.installed / "mine").mkdir(parents=True)
    (paths.installed / "mine" / "narvi.toml").write_text("manifest = 2")
    fake = FakeClient(monkeypatch, NotRunning())
    assert open_app(paths, "mine") is ANSWER and fake.started == [True]


def test_narvi_addresses(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeClient(monkeypatch)
    open_app(paths, "narvi://open/team/notes?service_id=two")
    assert (str(fake.requests[0].target.app), fake.requests[0].target.service_id) == ("team/notes", "two")
    with pytest.raises(LibraryError, match="no address of an app"):
        open_app(paths, "narvi://burn/team/notes")


def test_a_current_folder_that_is_gone_is_no_reason_to_fail(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeClient(monkeypatch)
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert open_app(paths, "hello") is ANSWER and fake.requests[0].directory is None
    os.chdir(tmp_path)
