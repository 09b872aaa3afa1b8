"""Globs as Narvi has them."""

from __future__ import annotations

import pytest

from narvi_desktop.embedding.resources import fnmatch_glob


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*", "sub/app.css", True),
        ("*.css", "sub/app.css", True),
        ("**", "a/b/c", True),
        ("**/page.js", "a/b/page.js", True),
        ("**/page.js", "page.js", True),
        ("**/page.js", "otherpage.js", False),
        ("[abc].txt", "b.txt", True),
        ("[abc].txt", "d.txt", False),
        ("a?c", "a/c", True),
        ("index.html", "sub/index.html", False),
    ],
)
def test_globs(pattern: str, path: str, matches: bool) -> None:
    assert bool(fnmatch_glob(pattern).fullmatch(path)) is matches
