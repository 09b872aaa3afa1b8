"""What commands print."""

from __future__ import annotations

import argparse
import json

import pytest

from narvi_desktop.cli.output import print_answer, print_error
from narvi_desktop.control.answers import RestartAnswer

ANSWER = RestartAnswer(1, "N\x1b[31mtes: 1 restarted.")


def test_text_for_a_person_cannot_control_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_answer(argparse.Namespace(json=False), ANSWER, ANSWER.message) == 0
    assert capsys.readouterr().out == "N\\x1b[31mtes: 1 restarted.\n"


def test_json_is_one_document_with_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_answer(argparse.Namespace(json=True), ANSWER, ANSWER.message) == 0
    assert json.loads(capsys.readouterr().out) == {"schema": 1, "restarted": 1, "message": ANSWER.message}


def test_an_error_ends_with_its_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    print_error("no\x07", "Traceback\n  line\n\n")
    assert capsys.readouterr().err == "Traceback\n  line\nnarvi-desktop: no\\x07\n"
