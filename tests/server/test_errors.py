"""Errors and what they say."""

from __future__ import annotations

from narvi_desktop.server.errors import PortUnavailable, ServiceFailed


def test_sentences_and_details() -> None:
    assert str(PortUnavailable("lab", "Too many open files")) == (
        "No port can be had for the workspace 'lab': Too many open files."
    )
    assert ServiceFailed("Traceback …").detail == "Traceback …"
