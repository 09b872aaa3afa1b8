"""Names of workspaces and apps: which are valid, which are reserved, and what a window shows."""

from __future__ import annotations

import re
from typing import NamedTuple

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
SYSTEM = "desktop"  # the workspace of the runtime itself: home, monitor, and the control API on its site
RESERVED_WORKSPACES = frozenset({SYSTEM, "narvi", "api"})


class WindowKey(NamedTuple):
    """What a window shows."""

    workspace: str
    app: str
    service_id: str | None
