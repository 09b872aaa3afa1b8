"""The two kinds of worker behind one interface: a thread of this process, or a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Protocol, cast

from narvi_desktop.worker.link import Decoder, Frame, LinkError, encode
from narvi_desktop.worker.queues import Outbox
from narvi_desktop.worker.runner import Runner

from .errors import ServiceFailed
from .logs import AppLog, LineSplitter
from .registry import Service

WORKER_MAIN = Path(__file__).resolve().parent.parent / "worker" / "__main__.py"
OnFrames = Callable[[list[Frame]], None]
OnExit = Callable[[str], None]


class Worker(Protocol):
    """What an instance drives; `on_frames` and `on_exit` are called on the event loop, `on_exit` once."""

    def send(self, frames: Iterable[Frame]) -> None: ...

    def kill(self) -> None: ...


class ThreadWorker:
    """The app's code on a thread of this process, for embedded services and trusted apps."""

    def __init__(
        self, name: str, log: AppLog, on_frames: OnFrames, on_exit: OnExit, share_objects: bool = False
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_frames = on_frames
        self._on_exit = on_exit
        self._outbox = Outbox(self._wake)
        self._runner = Runner(self._outbox, log.report, private_modules=True, share_objects=share_objects)
        self._draining = False
        # A daemon: a callback that never returns must not hold the runtime.
        self._thread = threading.Thread(target=self._run, name=f"narvi-{name}", daemon=True)
        self._thread.start()

    def send(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            self._runner.deliver(frame)

    def kill(self) -> None:
        """Abandon the thread, since none can be killed: what it still sends is dropped."""
        self._outbox.close()
        self._ended()

    def _run(self) -> None:
        try:
            self._runner.run()
            reason = ""
        except BaseException:
            reason = traceback.format_exc()
        self._outbox.close()
        self._call_on_loop(lambda: self._ended(reason))

    # Where the app's threads meet the loop: the first frame in an empty outbox rings once.
    def _wake(self) -> None:
        self._call_on_loop(self._drain)

    def _call_on_loop(self, function: Callable[[], None]) -> None:
        # RuntimeError: the loop has ended before this thread did.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function)

    def _drain(self) -> None:
        frames = self._outbox.take()
        if frames:
            self._on_frames(frames)
            # The rest in the next turn: others come in between.
            self._loop.call_soon(self._drain)

    def _ended(self, reason: str = "") -> None:
        while frames := self._outbox.take():
            self._on_frames(frames)
        on_exit, self._on_exit = self._on_exit, lambda reason: None
        on_exit(reason)


class ProcessWorker(asyncio.SubprocessProtocol):
    """The app's code in a process of its own.

    Death is the process's exit, never the end of its pipe: children that it forked keep pipes open.
    """

    def __init__(self, log: AppLog, on_frames: OnFrames, on_exit: OnExit) -> None:
        self._log = log
        self._on_frames = on_frames
        self._on_exit = on_exit
        self._decoder = Decoder()
        self._transport: asyncio.SubprocessTransport | None = None
        self._stdin: asyncio.WriteTransport | None = None

    @classmethod
    async def start(
        cls, python: Sequence[str], folder: Path | None, log: AppLog, on_frames: OnFrames, on_exit: OnExit
    ) -> ProcessWorker:
        """Start the interpreter. Raises OSError when it cannot be started."""
        worker = cls(log, on_frames, on_exit)
        arguments = [*python, "-I", "-u", "-X", "utf8", "-X", "faulthandler", str(WORKER_MAIN)]
        reading, writing = os.pipe()
        try:
            await asyncio.get_running_loop().subprocess_exec(
                lambda: worker,
                *arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=writing,
                cwd=folder,
                env=_environment(),
                **_own_group(),
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        # A thread per pipe, so that 100 MB of an app's prints never pass through the loop.
        pipe = os.fdopen(reading, "rb", buffering=0)
        threading.Thread(target=_read_log, args=(pipe, log), name="narvi-log", daemon=True).start()
        return worker

    @property
    def pid(self) -> int | None:
        return None if self._transport is None else self._transport.get_pid()

    def send(self, frames: Iterable[Frame]) -> None:
        if self._stdin is not None and not self._stdin.is_closing():
            self._stdin.write(b"".join(self._encoded(frames)))

    def _encoded(self, frames: Iterable[Frame]) -> Iterator[bytes]:
        for frame in frames:
            try:
                yield encode(frame)
            except (TypeError, ValueError, RecursionError) as error:
                # One that JSON cannot hold must not take the others of its batch along.
                self._log.log(f"{frame.kind.name} could not be sent to the worker: {error}")

    def kill(self) -> None:
        """Kill the process and all that it started in its group."""
        if self._transport is None or self._transport.get_returncode() is not None:
            return
        try:
            if sys.platform == "win32":
                self._transport.kill()
            else:
                os.killpg(self._transport.get_pid(), signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # it has just ended by itself

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.SubprocessTransport, transport)
        self._stdin = cast(asyncio.WriteTransport, self._transport.get_pipe_transport(0))

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        try:
            frames = self._decoder.feed(data)
        except LinkError as error:
            self._log.log(f"the worker sent {error}; it is ended")
            self.kill()
            return
        if frames:
            self._on_frames(frames)

    def process_exited(self) -> None:
        assert self._transport is not None
        code = self._transport.get_returncode()
        # What the app started goes with it, and closes the pipes that it held.
        if sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._transport.get_pid(), signal.SIGKILL)
        self._transport.close()
        self._on_exit(_reason(code))


async def start_worker(service: Service, log: AppLog, on_frames: OnFrames, on_exit: OnExit) -> Worker:
    """Start a worker of the kind that the service is registered with. Raises ServiceFailed."""
    if service.isolation == "thread":
        return ThreadWorker(service.name, log, on_frames, on_exit, service.share_objects)
    try:
        return await ProcessWorker.start(service.python, service.folder, log, on_frames, on_exit)
    except OSError as error:
        raise ServiceFailed(f"the interpreter {service.python[0]} could not be started: {error}") from error


def _environment() -> dict[str, str]:
    """Return the environment without what would change the app's interpreter."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTHON") and name not in ("VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
    }


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _read_log(pipe: IO[bytes], log: AppLog) -> None:
    splitter = LineSplitter(log)
    with pipe:
        while data := pipe.read(65_536):
            splitter.write(data)
    splitter.close()


def _reason(code: int | None) -> str:
    if not code:
        return ""
    if code < 0:
        try:
            return f"ended by signal {signal.Signals(-code).name}"
        except ValueError:
            return f"ended by signal {-code}"
    return f"ended with exit code {code}"
