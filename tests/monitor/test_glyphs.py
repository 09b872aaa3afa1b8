"""Numbers, series and colours as text."""

from __future__ import annotations

import pytest

from narvi_desktop.monitor.glyphs import Glyphs, colour, duration, number, quick, size
from narvi_desktop.monitor.keys import names


def test_durations_and_sizes() -> None:
    assert [duration(seconds) for seconds in (0, 59.9, 60, 3599, 3600, 86_400, 400_000)] == [
        "0s", "59s", "1m 00s", "59m 59s", "1h 00m", "1d 00h", "4d 15h",
    ]  # fmt: skip
    assert [quick(seconds) for seconds in (0.0000123, 0.0021, 1.24)] == ["12us", "2.1ms", "1.2s"]
    assert [size(count) for count in (0, 999, 1000, 2048, 41 << 20, 5 << 30, 5 << 50)] == [
        "0B", "999B", "1.0K", "2.0K", "41M", "5.0G", "5242880G",
    ]  # fmt: skip
    assert [number(value) for value in (3, 3.14159, 12345.678, 1e9)] == ["3", "3.1", "1.23e+04", "1e+09"]


def test_sparklines_and_bars() -> None:
    glyphs = Glyphs(True)
    assert glyphs.sparkline([0, 5, 10], 10, 0, 10) == "▁▅█"
    assert glyphs.sparkline([1, 2, 3, 4], 2, 0, 4) == "▆█"
    assert glyphs.sparkline([-5, 99], 9, 0, 10) == "▁█"
    assert glyphs.sparkline([0, 0], 9, None, None) == "▁▁"
    assert glyphs.sparkline([], 9, None, None) == "" == glyphs.sparkline([1], 0, None, None)
    assert [glyphs.bar(value, 4, 0, 10) for value in (-1, 5, 99)] == ["░░░░", "██░░", "████"]
    assert glyphs.bar(1, 4, 5, 5) == "░░░░"
    assert Glyphs(False).sparkline([0, 10], 9, 0, 10) == "_#"


def test_what_the_encoding_has() -> None:
    assert Glyphs.of_encoding("utf-8").blocks
    assert not Glyphs.of_encoding("latin-1").blocks and not Glyphs.of_encoding("ascii").blocks
    assert not Glyphs.of_encoding("no such").blocks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomato", "#ff6347"),
        (" RebeccaPurple ", "#663399"),
        ("#abc", "#aabbcc"),
        ("#a1b2c3", "#a1b2c3"),
        ("#a1b2c3d4", "#a1b2c3"),
        ("rgb(255, 0, 10)", "#ff000a"),
        ("rgb(100% 0% 50%)", "#ff0080"),
        ("rgba(1,2,3,.5)", "#010203"),
        ("hsl(120, 100%, 50%)", "#00ff00"),
        ("hsl(0 0% 100%)", "#ffffff"),
        ("rgb(999, -5, 0)", "#ff0000"),
        ("not a colour", ""),
        ("url(x)", ""),
        ("", ""),
        (7, ""),
        (None, ""),
    ],
)
def test_css_colours(text: object, expected: str) -> None:
    assert colour(text) == expected


def test_keys() -> None:
    assert list(names("a\x1b[A\x1b[B\x1bOC\x1b[5~\r\x7f/\x1b")) == [
        "a", "up", "down", "right", "pageup", "enter", "backspace", "/", "escape",
    ]  # fmt: skip
    assert list(names("\x1b[1;5A\x1b[200~ä")) == ["ä"]
