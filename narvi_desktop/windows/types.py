"""What the parts that deal with windows pass to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .codec import from_json, to_json


class WindowFailed(Exception):
    """No window could be shown; str() is the reason."""


@dataclass(frozen=True)
class WindowOptions:
    """How a window looks and behaves.

    Attributes:
        icon: the path of an image.
        on_close: what closing the app's last window means for its service: "keep", "stop" or "ask".
        target: the name or path by which the app is found again.
        debug: with the toolkit's developer tools.
    """

    title: str
    width: int = 900
    height: int = 640
    icon: str | None = None
    on_close: str = "keep"
    target: str = ""
    debug: bool = False

    def to_file(self) -> dict[str, Any]:
        """Return the options as the file of open windows keeps them, where the target is called "asked"."""
        values = to_json(self)
        values["asked"] = values.pop("target")
        del values["debug"]  # a window that is reopened has no developer tools
        return values

    @classmethod
    def from_file(cls, values: Mapping[str, Any]) -> WindowOptions:
        """Read options from the file of open windows. Raises MalformedValue."""
        return from_json(cls, {"target" if name == "asked" else name: value for name, value in values.items()})
