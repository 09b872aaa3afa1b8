"""An instance's end of the link to its worker: starts it, and batches what is sent to it."""

from __future__ import annotations

import asyncio

from narvi_desktop.worker.link import Frame, Kind

from .logs import AppLog
from .registry import Service
from .worker_backends import OnExit, OnFrames, ProcessWorker, Worker, start_worker


class WorkerLink:
    """Used on the event loop only.

    Args:
        on_frames: called with what the worker sends.
        on_exit: called once, with what ended the worker.
    """

    def __init__(self, service: Service, log: AppLog, on_frames: OnFrames, on_exit: OnExit) -> None:
        self._service = service
        self._log = log
        self._on_frames = on_frames
        self._on_exit = on_exit
        self._worker: Worker | None = None
        self._frames: list[Frame] = []
        self._ended = False

    @property
    def pid(self) -> int | None:
        """The process of the worker, None for a thread."""
        return self._worker.pid if isinstance(self._worker, ProcessWorker) else None

    @property
    def is_process(self) -> bool:
        return isinstance(self._worker, ProcessWorker)

    async def start(self, service_id: str, validate: bool) -> None:
        """Start the worker and have it construct the service. Raises ServiceFailed."""
        self._worker = await start_worker(self._service, self._log, self._on_frames, self._exited)
        service = self._service
        code = service.code_folder or service.folder
        head = {
            "workspace": service.workspace,
            "service": service.name,
            "service_id": service_id,
            "class": service.service_class,
            "validator": service.validator if validate else None,
            "folder": None if code is None else str(code),
            "parameters": service.parameters,
            "apps": sorted(service.apps),
        }
        self.post(Frame(Kind.START, 0, head))

    def post(self, frame: Frame) -> None:
        """Send a frame at the end of this turn of the loop: many cross with one write."""
        if not self._frames:
            asyncio.get_running_loop().call_soon(self._flush)
        self._frames.append(frame)

    def kill(self) -> None:
        """End the worker at once: a process with its children; a thread is abandoned."""
        if self._worker is not None:
            self._worker.kill()

    def _flush(self) -> None:
        frames, self._frames = self._frames, []
        if self._worker is not None and not self._ended:
            self._worker.send(frames)

    def _exited(self, reason: str) -> None:
        self._ended = True
        self._on_exit(reason)
