"""A virtual screen."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """A virtual screen; without Xvfb its tests fail, they are not skipped."""
    assert shutil.which("Xvfb"), "tests of windows need Xvfb; ./scripts/test installs it"
    reading, writing = os.pipe()
    # When its last client has gone a server resets, and refuses who comes meanwhile: ours must not.
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with server:
        try:
            with os.fdopen(reading) as pipe:
                number = pipe.readline().strip()
            assert number, "Xvfb did not start"
            yield f":{number}"
        finally:
            server.terminate()
