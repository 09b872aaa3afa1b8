"""Names of workspaces and apps: which are valid, which are reserved, and what a window shows."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
SYSTEM = "desktop"  # the workspace of the runtime itself: home, monitor, and the control API on its site
_INSTANCE_PARTS = 3
RESERVED_WORKSPACES = frozenset({SYSTEM, "narvi", "api"})


class WindowKey(NamedTuple):
    """What a window shows."""

    workspace: str
    app: str
    service_id: str | None


@dataclass(frozen=True)
class AppRef:
    """How an app is named, as str() gives it: "name", "workspace/name", or the path of an app folder.

    What `status` and the monitor show, "workspace/service/service id", names an instance; see `instance`.
    """

    text: str

    def __str__(self) -> str:
        return self.text

    @classmethod
    def of(cls, workspace: str, app: str) -> AppRef:
        """Return the reference of an app that is found by its workspace and name."""
        return cls(f"{workspace}/{app}")

    @classmethod
    def typed(cls, text: str) -> AppRef:
        """Return what a person means who types this. A path becomes absolute: the runtime has another directory."""
        return cls(str(Path(text).expanduser().absolute()) if _means_path(text) else text)

    @property
    def folder(self) -> Path | None:
        """The app folder of a reference by path; None for one by name."""
        path = Path(self.text).expanduser()
        return path if path.is_absolute() or self.text.startswith((".", "~")) else None

    @property
    def instance(self) -> tuple[str, str, str] | None:
        """The workspace, service and service id of a reference to an instance; None for one to an app."""
        parts = self.text.split("/")
        return None if self.folder is not None or len(parts) != _INSTANCE_PARTS else (parts[0], parts[1], parts[2])

    @property
    def last_part(self) -> str:
        """The app's or the folder's own name."""
        return Path(self.text).name


def _means_path(text: str) -> bool:
    if not ("/" in text or os.sep in text or text.startswith((".", "~"))):
        return False
    # workspace/app looks like a path, and so does an instance; it is one only if such a folder exists.
    is_name = 0 < text.count("/") < _INSTANCE_PARTS and text[0] not in "./~" and text[-1] != "/"
    return not is_name or Path(text).exists()
