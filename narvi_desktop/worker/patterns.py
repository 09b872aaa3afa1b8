"""Request-service patterns: `$x` stands for one path segment, `$$x` for one or more."""

from __future__ import annotations

from typing import NamedTuple

# Narvi's own routes below {service id}/: they win over a pattern that begins with one.
RESERVED = frozenset({"index.html", "connect", "status", "session", "narvi"})


class Segment(NamedTuple):
    """One part of a pattern; `kind` is "literal", "one" or "many"."""

    kind: str
    name: str


def parse(pattern: str) -> tuple[Segment, ...]:
    """Parse a pattern such as ``images/$name`` into segments.

    Raises:
        TypeError: the pattern is not a str.
        ValueError: it is empty, absolute, climbs or repeats a name.
    """
    if not isinstance(pattern, str):
        raise TypeError(f"handler_pattern must be str, not {type(pattern).__name__}")
    if not pattern or pattern.startswith("/"):
        raise ValueError(f"handler_pattern {pattern!r}: write a path relative to the page, such as 'images/$name'")
    segments: list[Segment] = []
    names: set[str] = set()
    for text in pattern.split("/"):
        segment = _segment(pattern, text)
        if segment.kind != "literal":
            if segment.name in names:
                raise ValueError(f"handler_pattern {pattern!r}: the name {segment.name!r} stands there twice")
            names.add(segment.name)
        segments.append(segment)
    return tuple(segments)


def is_hidden(segments: tuple[Segment, ...]) -> bool:
    """Check whether a fixed route of every app answers in place of this pattern."""
    return segments[0].kind == "literal" and segments[0].name in RESERVED


def _segment(pattern: str, text: str) -> Segment:
    if text in ("", ".", ".."):
        raise ValueError(f"handler_pattern {pattern!r}: empty, '.' and '..' segments are not allowed")
    if any(ord(character) < 32 or character in "\x7f\\?#" for character in text):
        raise ValueError(f"handler_pattern {pattern!r}: a segment holds a character that no path has")
    if not text.startswith("$"):
        return Segment("literal", text)
    kind, name = ("many", text[2:]) if text.startswith("$$") else ("one", text[1:])
    if not name or "$" in name:
        raise ValueError(f"handler_pattern {pattern!r}: {text!r} needs a name after the $")
    return Segment(kind, name)
