"""The environment variables that say where a person's screen is."""

from __future__ import annotations

from collections.abc import Mapping

DISPLAY_VARIABLES = (
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
    "XDG_SESSION_TYPE",
    "DBUS_SESSION_BUS_ADDRESS",
)


def select_display_variables(environment: Mapping[str, object]) -> dict[str, str]:
    """Return what a window host needs to find the screen, and nothing else of an environment."""
    return {name: str(environment[name]) for name in DISPLAY_VARIABLES if name in environment}
