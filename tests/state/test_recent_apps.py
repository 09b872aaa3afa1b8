"""Which apps have been opened."""

from __future__ import annotations

from pathlib import Path

from narvi_desktop.state.names import AppRef
from narvi_desktop.state.recent_apps import RecentApps

NOTES = AppRef("work/notes")


def test_an_app_is_remembered_with_its_newest_service_id_first(tmp_path: Path) -> None:
    recents = RecentApps(tmp_path / "used.json")
    for service_id in ("one", "two", "one"):
        recents.record(NOTES, service_id)
    use = RecentApps(tmp_path / "used.json").of(NOTES)
    assert use.at > 0 and use.service_ids == ["one", "two"]


def test_an_app_that_was_never_opened(tmp_path: Path) -> None:
    assert RecentApps(tmp_path / "used.json").of(NOTES).at == 0


def test_folders_are_those_opened_by_path(tmp_path: Path) -> None:
    recents = RecentApps(tmp_path / "used.json")
    recents.record(NOTES, None)
    recents.record(AppRef(str(tmp_path / "mine")), None)
    assert recents.folders() == [tmp_path / "mine"]


def test_forgetting(tmp_path: Path) -> None:
    recents = RecentApps(tmp_path / "used.json")
    recents.record(NOTES, None)
    assert recents.forget(NOTES) and not recents.forget(NOTES)
    assert RecentApps(tmp_path / "used.json").of(NOTES).at == 0


def test_the_oldest_apps_make_room(tmp_path: Path) -> None:
    recents = RecentApps(tmp_path / "used.json")
    for number in range(201):
        recents.record(AppRef(f"work/app{number}"), None)
    assert recents.of(AppRef("work/app0")).at == 0 and recents.of(AppRef("work/app1")).at > 0
