"""Window options as the file of open windows keeps them."""

from __future__ import annotations

import pytest

from narvi_desktop.windows.codec import MalformedValue
from narvi_desktop.windows.types import WindowOptions

OPTIONS = WindowOptions("Notes", 500, 400, "/icon.png", "stop", "notes/notes", debug=True)


def test_the_file_calls_the_target_asked_and_keeps_no_debugging() -> None:
    values = OPTIONS.to_file()
    assert values == {
        "title": "Notes", "width": 500, "height": 400, "icon": "/icon.png", "on_close": "stop", "asked": "notes/notes",
    }  # fmt: skip
    assert WindowOptions.from_file(values) == WindowOptions("Notes", 500, 400, "/icon.png", "stop", "notes/notes")


def test_a_damaged_entry_is_refused() -> None:
    with pytest.raises(MalformedValue):
        WindowOptions.from_file({"title": 7})
