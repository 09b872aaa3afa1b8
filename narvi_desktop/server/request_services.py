"""Which request service answers a path: a lookup, segment by segment, not a walk over all handlers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from narvi_desktop.worker.patterns import Segment, parse


@dataclass
class _Node:
    literal: dict[str, _Node] = field(default_factory=dict)
    single: _Node | None = None
    multi: _Node | None = None
    # By method, in the order of their creation, the first answers: (handler id, names of its path parameters).
    handlers: dict[str, list[tuple[str, tuple[str, ...]]]] = field(default_factory=dict)

    def child(self, segment: Segment) -> _Node:
        if segment.kind == "literal":
            return self.literal.setdefault(segment.name, _Node())
        if segment.kind == "one":
            self.single = self.single or _Node()
            return self.single
        self.multi = self.multi or _Node()
        return self.multi


class _Registration(NamedTuple):
    app: str
    session_id: str | None
    method: str
    pattern: str


@dataclass(frozen=True)
class Match:
    """A path that matches a request service; without a handler id only the method is wrong."""

    handler_id: str | None
    parameters: dict[str, str]
    allowed: tuple[str, ...]


class RequestTable:
    """The request services of one instance, each app and session with a tree of its own."""

    def __init__(self) -> None:
        self._trees: dict[tuple[str, str | None], _Node] = {}
        self._registrations: dict[str, _Registration] = {}

    def add(self, handler_id: str, app: str, session_id: str | None, method: str, pattern: str) -> None:
        self._registrations[handler_id] = _Registration(app, session_id, method, pattern)
        node = self._trees.setdefault((app, session_id), _Node())
        segments = parse(pattern)
        for segment in segments:
            node = node.child(segment)
        names = tuple(part.name for part in segments if part.kind != "literal")
        node.handlers.setdefault(method, []).append((handler_id, names))

    def remove(self, handler_id: str) -> None:
        registration = self._registrations.pop(handler_id, None)
        tree = None if registration is None else self._trees.get((registration.app, registration.session_id))
        if registration is not None and tree is not None:
            _remove(tree, parse(registration.pattern), registration.method, handler_id)

    def drop_session(self, session_id: str) -> None:
        """Forget all that is bound to a session."""
        for key in [key for key in self._trees if key[1] == session_id]:
            del self._trees[key]
        expired = [key for key, registration in self._registrations.items() if registration.session_id == session_id]
        for handler_id in expired:
            del self._registrations[handler_id]

    def find(self, app: str, session_id: str | None, method: str, segments: list[str]) -> Match | None:
        """Match a path's decoded segments; literal before ``$x`` before ``$$x``."""
        tree = self._trees.get((app, session_id))
        found = None if tree is None else _find(tree, segments, 0, [])
        if found is None:
            return None
        node, values = found
        wanted_method = "GET" if method == "HEAD" and "HEAD" not in node.handlers else method
        allowed = set(node.handlers) | ({"HEAD"} if "GET" in node.handlers else set())
        handler_id, names = node.handlers[wanted_method][0] if wanted_method in node.handlers else (None, ())
        return Match(handler_id, dict(zip(names, values, strict=False)), tuple(sorted(allowed)))


def _find(node: _Node, segments: list[str], index: int, values: list[str]) -> tuple[_Node, list[str]] | None:
    if index == len(segments):
        return (node, values) if node.handlers else None
    segment = segments[index]
    if segment in node.literal and (found := _find(node.literal[segment], segments, index + 1, values)):
        return found
    if node.single is not None and (found := _find(node.single, segments, index + 1, [*values, segment])):
        return found
    if node.multi is not None:
        for end in range(len(segments), index, -1):
            if found := _find(node.multi, segments, end, [*values, "/".join(segments[index:end])]):
                return found
    return None


def _remove(node: _Node, segments: tuple[Segment, ...], method: str, handler_id: str) -> None:
    """Remove a handler, and the branches that are empty without it."""
    if not segments:
        node.handlers[method] = [handler for handler in node.handlers[method] if handler[0] != handler_id]
        if not node.handlers[method]:
            del node.handlers[method]
        return
    child = node.child(segments[0])
    _remove(child, segments[1:], method, handler_id)
    if child.handlers or child.literal or child.single or child.multi:
        return
    if segments[0].kind == "literal":
        del node.literal[segments[0].name]
    elif segments[0].kind == "one":
        node.single = None
    else:
        node.multi = None
