"""Starts a window host."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from narvi_desktop.settings import Settings


def spawn_host(
    settings: Settings, storage: Path, log: Path, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """A host process, whose commands go in by stdin and whose events come out by stdout. Raises OSError."""
    command = [sys.executable, "-m", "narvi_desktop.windows.host", "--storage", str(storage)]
    command += ["--linger", str(settings.host_linger), "--blank-after", str(settings.blank_after)]
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            cwd=os.sep,
            env={**os.environ, **environment},
        )
