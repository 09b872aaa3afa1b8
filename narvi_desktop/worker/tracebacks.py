"""Tracebacks for the person who wrote the app: its file and line first, without our frames around it."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterable
from types import FrameType

_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep


def describe(error: BaseException, what: str) -> str:
    """Format an error: one line with the place, the error and what failed, then the traceback."""
    summary = traceback.TracebackException.from_exception(error)
    _strip(summary)
    last = "".join(summary.format_exception_only()).strip().splitlines()[-1:]
    location = f"{_location(summary.stack[-1])}: " if summary.stack else ""
    return f"{location}{''.join(last)} ({what})\n{''.join(summary.format())}".rstrip()


def stack_of(frame: FrameType) -> str:
    """Format the stack of a running thread, without our own frames."""
    return "".join(traceback.StackSummary.from_list(_apps(traceback.extract_stack(frame))).format()).rstrip()


def _strip(summary: traceback.TracebackException) -> None:
    """Remove our frames and the import system's, in the causes too."""
    seen: set[int] = set()
    pending = [summary]
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        current.stack = traceback.StackSummary.from_list(_apps(current.stack))
        pending += [other for other in (current.__cause__, current.__context__) if other is not None]


def _apps(stack: Iterable[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    return [entry for entry in stack if not entry.filename.startswith((_OURS, "<frozen"))]


def _location(entry: traceback.FrameSummary) -> str:
    return f"{entry.filename}:{entry.lineno} in {entry.name}"
