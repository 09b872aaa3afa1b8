"""The variables of a caller's screen."""

from __future__ import annotations

from narvi_desktop.state.display import select_display_variables


def test_nothing_else_of_an_environment_is_taken() -> None:
    environment = {"DISPLAY": ":7", "XAUTHORITY": "/x", "LD_PRELOAD": "/evil.so", "PATH": "/bin"}
    assert select_display_variables(environment) == {"DISPLAY": ":7", "XAUTHORITY": "/x"}
