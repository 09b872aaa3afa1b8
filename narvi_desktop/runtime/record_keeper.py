"""The runtime's record on the disk: written, written again where somebody has damaged it, and removed at the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path

from narvi_desktop.state.record import Record, read_record, write_record

_CHECK_INTERVAL = 1.0  # seconds
logger = logging.getLogger("narvi_desktop.runtime")


class RecordKeeper:
    """Keeps the record while the runtime lives: without it no command finds the runtime, which still holds the lock."""

    def __init__(self, path: Path, record: Record) -> None:
        """Write the record. Raises OSError."""
        self._path = path
        self._record = record
        self._closing = asyncio.Event()
        write_record(path, record)
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Remove the record; who finds none waits for the lock and starts another runtime."""
        # The task is waited for, not cancelled: its thread would go on and might write after the removal.
        self._closing.set()
        await self._task
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    async def _run(self) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), _CHECK_INTERVAL)
                return
            # In a thread: a disk may be slow.
            await asyncio.to_thread(self._check)

    def _check(self) -> None:
        if read_record(self._path) == self._record:
            return
        try:
            write_record(self._path, self._record)
        except OSError as error:
            logger.warning("%s is missing or damaged and cannot be written: %s", self._path, error)
        else:
            logger.warning("%s was missing or damaged: written again", self._path)
