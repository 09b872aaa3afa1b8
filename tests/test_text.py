"""Foreign text that is printed."""

from __future__ import annotations

import pytest

from narvi_desktop.text import escape_control_chars, replace_control_chars


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a\x1b[31mb\x07\n", "a\\x1b[31mb\\x07\n"),
        ("tab\tstays", "tab\tstays"),
        ("\u202eturned", "\\u202eturned"),
        ("wide\u3000and hard\u00a0spaces stay", "wide\u3000and hard\u00a0spaces stay"),
        ("\udc80", "\\udc80"),
    ],
)
def test_escape_control_chars(text: str, escaped: str) -> None:
    assert escape_control_chars(text) == escaped


def test_what_may_stay_is_chosen() -> None:
    assert escape_control_chars("a\nb", keep="") == "a\\nb"


def test_replace_control_chars() -> None:
    assert replace_control_chars("one\ntwo\x1b") == "one two "
    assert replace_control_chars("a/b\x00", "-") == "a/b-"
