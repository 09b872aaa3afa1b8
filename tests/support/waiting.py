"""How long tests wait, and how they wait for other processes."""

from __future__ import annotations

import time
from collections.abc import Callable

# Seconds until a condition that never comes fails its test, everywhere: no measure of speed, so that load fails none.
PATIENCE = 60.0


def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition of other processes."""
    end, pause = time.monotonic() + PATIENCE, 0.01
    while not condition():
        assert time.monotonic() < end, "the condition never came"
        # Many conditions start a program: asked without a break they take the processor from what they wait for.
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
