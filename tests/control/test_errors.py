"""Errors on their way from the runtime to its caller."""

from __future__ import annotations

import pytest

from narvi_desktop.control.errors import (
    AlreadyExists,
    ControlError,
    ExitCode,
    RuntimeLeaving,
    decode_error,
    encode_error,
)


@pytest.mark.parametrize(
    "error",
    [
        ControlError("a sentence", "a traceback", ExitCode.USAGE, shown=True),
        AlreadyExists("it is there", exit_code=ExitCode.USAGE),
        RuntimeLeaving(),
    ],
)
def test_an_error_arrives_as_it_was(error: ControlError) -> None:
    arrived = decode_error(encode_error(error))
    assert type(arrived) is type(error) and str(arrived) == str(error)
    assert vars(arrived) == vars(error)


def test_what_another_version_sends_is_an_error_too() -> None:
    error = decode_error({"exit_code": "x", "detail": None, "leaving": "no"})
    assert (type(error), error.exit_code, str(error)) == (ControlError, 1, "The runtime refused the command.")
