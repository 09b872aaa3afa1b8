"""Which environment variables say where a person's screen is."""

from __future__ import annotations

import os

DISPLAY_VARIABLES = (
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
    "XDG_SESSION_TYPE",
    "DBUS_SESSION_BUS_ADDRESS",
)


def display_environment() -> dict[str, str]:
    """What a window host needs to find this caller's screen."""
    return {name: os.environ[name] for name in DISPLAY_VARIABLES if name in os.environ}
