"""What a launcher entry says, and which addresses open something."""

from __future__ import annotations

import pytest

from narvi_desktop.integration.entry import LinkError, parse_link


@pytest.mark.parametrize(
    ("address", "app", "service_id"),
    [
        ("narvi://open/notes/notes", "notes/notes", None),
        ("narvi://open/notes/notes/", "notes/notes", None),
        ("narvi://open/boards/boards?service_id=work", "boards/boards", "work"),
        ("narvi://open/boards/boards?service_id=%C3%BC%20b", "boards/boards", "ü b"),
    ],
)
def test_an_address_opens_an_app(address: str, app: str, service_id: str | None) -> None:
    assert parse_link(address) == (app, service_id)


@pytest.mark.parametrize(
    "address",
    [
        "narvi:",
        "narvi://open",
        "narvi://open/notes",
        "narvi://open/notes/notes/more",
        "narvi://open//notes",
        "narvi://stop/notes/notes",
        "narvi://open@evil/notes/notes",
        "narvi://open:80/notes/notes",
        "narvi://open/../notes",
        "narvi://open/%2e%2e/notes",
        "narvi://open/%2Ftmp%2Fx/notes",
        "narvi://open/~/notes",
        "narvi://open/--debug/notes",
        "narvi://open/Notes/notes",
        "narvi://open/notes/notes?service_id=",
        "narvi://open/notes/notes?service_id=" + "x" * 65,
        "narvi://open/notes/notes?service_id=a&service_id=b",
        "narvi://open/notes/notes?service_id=a%00",
        "narvi://open/notes/notes?service_id=a%0Ab",
        "narvi://open/notes/notes?show=app",
        "narvi://open/notes/notes#x",
        "narvi://[/notes/notes",
        "http://open/notes/notes",
    ],
)
def test_any_other_is_refused(address: str) -> None:
    with pytest.raises(LinkError, match="is no address of an app"):
        parse_link(address)
