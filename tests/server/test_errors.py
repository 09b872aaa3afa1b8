"""Errors and what they say."""

from __future__ import annotations

from narvi_desktop.server.errors import CommandError, PortUnavailable, RuntimeLeaving, ServiceFailed


def test_sentences_and_details() -> None:
    assert str(PortUnavailable("lab", "Too many open files")) == (
        "No port can be had for the workspace 'lab': Too many open files."
    )
    assert ServiceFailed("Traceback …").detail == "Traceback …"
    error = CommandError("It failed.", "more", exit_code=2)
    assert (str(error), error.detail, error.exit_code, error.status) == ("It failed.", "more", 2, 400)
    assert isinstance(RuntimeLeaving(), CommandError) and RuntimeLeaving().status == 503
