"""Print what a command has to say: text for a person, or one JSON document."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

from narvi_desktop.control.codec import encode
from narvi_desktop.control.errors import ExitCode
from narvi_desktop.text import escape_control_chars


def print_answer(arguments: argparse.Namespace, answer: Any, text: str) -> int:
    """Print an answer's dataclass with --json, else the text. Returns the exit code of a command that succeeded."""
    return print_document(arguments, encode(answer), text)


def print_document(arguments: argparse.Namespace, document: Mapping[str, Any], text: str) -> int:
    """Print a JSON object with --json, else the text. Returns the exit code of a command that succeeded."""
    print(json.dumps({"schema": 1, **document}) if arguments.json else escape_control_chars(text))
    return ExitCode.DONE


def print_error(sentence: str, detail: str = "") -> None:
    """Print what went wrong to stderr, the sentence last."""
    if detail:
        print(escape_control_chars(detail.rstrip()), file=sys.stderr)
    print(f"narvi-desktop: {escape_control_chars(sentence)}", file=sys.stderr)
