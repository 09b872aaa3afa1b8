"""Tracebacks for the person who wrote the app: its file and line first, without our frames around it."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterable
from types import FrameType

_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep


def describe(error: BaseException, what: str) -> str:
    """One line with the place, the error and what failed by it, then the traceback."""
    told = traceback.TracebackException.from_exception(error)
    _strip(told)
    last = "".join(told.format_exception_only()).strip().splitlines()[-1:]
    place = f"{_place(told.stack[-1])}: " if told.stack else ""
    return f"{place}{''.join(last)} ({what})\n{''.join(told.format())}".rstrip()


def stack_of(frame: FrameType) -> str:
    """Where a thread stands now, its app's frames alone."""
    return "".join(traceback.StackSummary.from_list(_apps(traceback.extract_stack(frame))).format()).rstrip()


def _strip(told: traceback.TracebackException) -> None:
    """Take our frames and the import system's out, in the causes too."""
    seen: set[int] = set()
    waiting = [told]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        one.stack = traceback.StackSummary.from_list(_apps(one.stack))
        waiting += [other for other in (one.__cause__, one.__context__) if other is not None]


def _apps(stack: Iterable[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    return [entry for entry in stack if not entry.filename.startswith((_OURS, "<frozen"))]


def _place(entry: traceback.FrameSummary) -> str:
    return f"{entry.filename}:{entry.lineno} in {entry.name}"
