"""Tracebacks for the person who wrote the app."""

from __future__ import annotations

import sys

from narvi_desktop.worker import serialization
from narvi_desktop.worker.tracebacks import describe, stack_of


def test_the_place_and_the_error_come_first_and_our_frames_are_left_out() -> None:
    try:
        serialization.dumps(object())
    except TypeError as error:
        lines = describe(error, "a test failed").splitlines()
    assert lines[0].startswith(f"{__file__}:") and lines[0].endswith("(a test failed)")
    assert "TypeError: data: a object cannot be sent" in lines[0]
    assert lines[1].startswith("Traceback") and not any("serialization.py" in line for line in lines)


def test_causes_are_told_too() -> None:
    try:
        try:
            raise KeyError("first")
        except KeyError as error:
            raise ValueError("second") from error
    except ValueError as error:
        text = describe(error, "it failed")
    assert "KeyError: 'first'" in text and "ValueError: second" in text


def test_where_a_thread_stands() -> None:
    assert "test_where_a_thread_stands" in stack_of(sys._getframe())
