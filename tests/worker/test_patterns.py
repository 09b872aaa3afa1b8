"""Patterns of request services."""

from __future__ import annotations

from typing import Any

import pytest

from narvi_desktop.worker.patterns import Segment, is_hidden, parse


def test_literal_one_and_many() -> None:
    assert parse("a/$b/$$c") == (Segment("literal", "a"), Segment("one", "b"), Segment("many", "c"))


@pytest.mark.parametrize("pattern", ["", "/a", "a//b", "..", "a/./b", "$x/$x", "$", "$$", "$a$b", "a?b", "a\\b", "a\n"])
def test_what_cannot_be_parsed(pattern: str) -> None:
    with pytest.raises(ValueError, match="handler_pattern"):
        parse(pattern)


def test_a_pattern_is_text() -> None:
    wrong: Any = b"a"
    with pytest.raises(TypeError, match="not bytes"):
        parse(wrong)


@pytest.mark.parametrize(("pattern", "hidden"), [("status", True), ("session/$x", True), ("a/status", False)])
def test_fixed_routes_hide_patterns(pattern: str, hidden: bool) -> None:
    assert is_hidden(parse(pattern)) is hidden
