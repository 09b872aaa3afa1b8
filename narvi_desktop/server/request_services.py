"""Which request service answers a path: a lookup, segment by segment, not a walk over all handlers."""

from __future__ import annotations

from dataclasses import dataclass, field

from narvi_desktop.worker.patterns import Segment, parse


@dataclass
class _Node:
    literal: dict[str, _Node] = field(default_factory=dict)
    one: _Node | None = None
    many: _Node | None = None
    # By method: (handler id, names of its path parameters in order).
    handlers: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def child(self, segment: Segment) -> _Node:
        if segment.kind == "literal":
            return self.literal.setdefault(segment.name, _Node())
        if segment.kind == "one":
            self.one = self.one or _Node()
            return self.one
        self.many = self.many or _Node()
        return self.many


@dataclass(frozen=True)
class Match:
    """A path that some request service knows; without a handler the method is wrong."""

    handler_id: str | None
    parameters: dict[str, str]
    allowed: tuple[str, ...]


class RequestTable:
    """The request services of one instance, each app and session with a tree of its own."""

    def __init__(self) -> None:
        self._trees: dict[tuple[str, str | None], _Node] = {}
        self._places: dict[str, tuple[str, str | None, str, str]] = {}

    def add(self, handler_id: str, app: str, session_id: str | None, method: str, pattern: str) -> None:
        self._places[handler_id] = (app, session_id, method, pattern)
        node = self._trees.setdefault((app, session_id), _Node())
        segments = parse(pattern)
        for segment in segments:
            node = node.child(segment)
        node.handlers[method] = (handler_id, tuple(part.name for part in segments if part.kind != "literal"))

    def remove(self, handler_id: str) -> None:
        place = self._places.pop(handler_id, None)
        tree = None if place is None else self._trees.get((place[0], place[1]))
        if place is not None and tree is not None:
            _remove(tree, parse(place[3]), place[2])

    def drop_session(self, session_id: str) -> None:
        """Forget all that is bound to a session."""
        for key in [key for key in self._trees if key[1] == session_id]:
            del self._trees[key]
        for handler_id in [known for known, place in self._places.items() if place[1] == session_id]:
            del self._places[handler_id]

    def find(self, app: str, session_id: str | None, method: str, segments: list[str]) -> Match | None:
        """The match for a path's decoded segments; literal before ``$x`` before ``$$x``."""
        tree = self._trees.get((app, session_id))
        found = None if tree is None else _find(tree, segments, 0, [])
        if found is None:
            return None
        node, taken = found
        wanted = "GET" if method == "HEAD" and "HEAD" not in node.handlers else method
        allowed = set(node.handlers) | ({"HEAD"} if "GET" in node.handlers else set())
        handler_id, names = node.handlers.get(wanted, (None, ()))
        return Match(handler_id, dict(zip(names, taken, strict=False)), tuple(sorted(allowed)))


def _find(node: _Node, segments: list[str], at: int, taken: list[str]) -> tuple[_Node, list[str]] | None:
    if at == len(segments):
        return (node, taken) if node.handlers else None
    segment = segments[at]
    if segment in node.literal and (found := _find(node.literal[segment], segments, at + 1, taken)):
        return found
    if node.one is not None and (found := _find(node.one, segments, at + 1, [*taken, segment])):
        return found
    if node.many is not None:
        for end in range(len(segments), at, -1):
            if found := _find(node.many, segments, end, [*taken, "/".join(segments[at:end])]):
                return found
    return None


def _remove(node: _Node, segments: tuple[Segment, ...], method: str) -> None:
    """Take a handler out, and the branches that lead nowhere afterwards."""
    if not segments:
        node.handlers.pop(method, None)
        return
    child = node.child(segments[0])
    _remove(child, segments[1:], method)
    if child.handlers or child.literal or child.one or child.many:
        return
    if segments[0].kind == "literal":
        del node.literal[segments[0].name]
    elif segments[0].kind == "one":
        node.one = None
    else:
        node.many = None
