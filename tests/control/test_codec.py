"""Requests and answers as JSON."""

from __future__ import annotations

from typing import Any

import pytest

from narvi_desktop.control.answers import AppCard, AppListAnswer, MenuStatus
from narvi_desktop.control.codec import decode, encode
from narvi_desktop.control.errors import ControlError
from narvi_desktop.control.requests import InstallRequest, MenuRequest, OpenOptions, OpenRequest, RemoveRequest, Target
from narvi_desktop.state.names import AppRef

OPEN = OpenRequest(
    Target(AppRef("work/notes"), service_id="main"),
    OpenOptions({"DISPLAY": ":1"}, new_window=True, wait=False),
    "app",
    "/home/me",
)


def test_nested_fields_lie_flat() -> None:
    assert encode(OPEN) == {
        "app": "work/notes",
        "workspace": None,
        "service": None,
        "service_id": "main",
        "environment": {"DISPLAY": ":1"},
        "new_window": True,
        "wait": False,
        "debug": False,
        "show": "app",
        "directory": "/home/me",
    }
    assert decode(OpenRequest, encode(OPEN)) == OPEN


def test_what_is_missing_or_null_has_its_default() -> None:
    request = decode(OpenRequest, {"app": "notes", "show": None, "unknown": [1]})
    assert request == OpenRequest(Target(AppRef("notes")), OpenOptions())


def test_only_the_variables_of_the_screen_are_taken() -> None:
    options = decode(OpenOptions, {"environment": {"DISPLAY": ":1", "LD_PRELOAD": "/evil.so"}})
    assert options.environment == {"DISPLAY": ":1"}


def test_empty_text_is_none() -> None:
    assert decode(Target, {"service_id": "", "app": ""}) == Target()


@pytest.mark.parametrize(
    ("kind", "document", "problem"),
    [
        (OpenRequest, {"show": "wall"}, "show must be one of window, app, browser, print, none, not 'wall'."),
        (OpenRequest, {"environment": ":1"}, "environment must be an object, not ':1'."),
        (OpenRequest, {"new_window": "yes"}, "new_window must be true or false, not 'yes'."),
        (Target, {"service_id": 5}, "service_id must be text, not 5."),
        (Target, {"app": ["notes"]}, r"app must name an app, not be \['notes'\]."),
        (InstallRequest, {}, "The request lacks path."),
        (RemoveRequest, {"app": ""}, "app must name an app, not be ''."),
        (MenuRequest, {"do": "burn"}, "do must be one of add, remove, status, not 'burn'."),
    ],
)
def test_what_does_not_fit_is_refused_by_name(kind: type[Any], document: dict[str, Any], problem: str) -> None:
    with pytest.raises(ControlError, match=f"^{problem}$") as caught:
        decode(kind, document)
    assert caught.value.exit_code == 2


def test_lists_of_dataclasses_are_encoded() -> None:
    card = AppCard("work/notes", "Notes", "installed", "/apps/notes")
    assert encode(AppListAnswer([card], first=True))["apps"] == [encode(card)]
    assert encode(MenuStatus("sentence", True, ["narvi-desktop"])) == {
        "message": "sentence",
        "added": True,
        "entries": ["narvi-desktop"],
    }
