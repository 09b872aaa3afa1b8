"""A worker process: the frames come and go through two pipes, the app runs on the main thread."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

from .link import Decoder, LinkError, encode
from .queues import Outbox
from .runner import Runner


def take_pipes() -> tuple[int, int]:
    """Move the link away from fds 0 and 1, so that an app's prints and C libraries never reach it."""
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return incoming, outgoing


def run() -> None:
    """Run the service until the runtime stops it or has died."""
    incoming, outgoing = take_pipes()
    outbox = Outbox(wake=lambda: None)
    runner = Runner(outbox, _write_log, private_modules=False)
    writer = threading.Thread(target=_write, args=(outbox, outgoing), name="narvi-writer", daemon=True)
    reader = threading.Thread(target=_read, args=(runner, incoming), name="narvi-reader", daemon=True)
    writer.start()
    reader.start()
    runner.run()
    outbox.close()
    writer.join()
    _leave(0)


def _read(runner: Runner, incoming: int) -> None:
    """Read frames for ever, on a thread of its own, so that stop and answers arrive whatever the app does."""
    decoder = Decoder()
    while True:
        data = os.read(incoming, 1 << 18)
        if not data:
            # The runtime has died: nobody is left to serve, and no app code may hold us.
            os._exit(0)
        try:
            for frame in decoder.feed(data):
                runner.deliver(frame)
        except LinkError:
            os._exit(1)


def _write(outbox: Outbox, outgoing: int) -> None:
    """Write frames, on a thread of its own: many leave in one write, and a full pipe blocks only this thread."""
    while outbox.wait():
        data = memoryview(b"".join(encode(frame) for frame in outbox.take()))
        while data:
            data = data[os.write(outgoing, data) :]


def _write_log(text: str) -> None:
    try:
        sys.stderr.write(text.rstrip() + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        pass  # an app may have closed its stderr; its errors are then its own loss


def _leave(code: int) -> None:
    # Not sys.exit: threads of the app that never end must not keep the process.
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)
