"""Ask the runtime, and start it if there is none."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from narvi_desktop.control.codec import decode, encode
from narvi_desktop.control.commands import STATUS, Command
from narvi_desktop.control.errors import ControlError, ExitCode, NotRunning, RuntimeLeaving, decode_error
from narvi_desktop.control.requests import NoArguments
from narvi_desktop.settings import Settings
from narvi_desktop.state.files import read_tail
from narvi_desktop.state.lock_file import LockFile
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.record import Record, read_record

Request = TypeVar("Request")
Answer = TypeVar("Answer")
_START_TIMEOUT = 30.0  # seconds that others wait for the one that starts a runtime
_POLL = 0.02  # seconds between two looks at a lock that another process holds


def call(record: Record, command: Command[Request, Answer], request: Request, timeout: float = 60) -> Answer:
    """Send one command to the runtime of this record.

    Raises:
        ControlError: the runtime refused the command, or did not answer.
        NotRunning: nothing listens there.
    """
    with _post(record, command.name, encode(request), timeout) as response:
        try:
            document = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ControlError(f"The runtime at {record.url} did not answer: {error}") from error
        if response.status >= 400:
            raise decode_error(document)
        return decode(command.answer, document)


def stream(record: Record, command: str) -> Iterator[dict[str, Any]]:
    """Yield the documents of a streaming command until either side ends it. Raises ControlError."""
    with _post(record, command, {}, 60) as response:
        if response.status != 200:
            raise ControlError(f"The runtime at {record.url} refused to be watched (HTTP {response.status}).")
        try:
            while line := response.readline():
                yield json.loads(line)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ControlError(f"The connection to the runtime at {record.url} was lost: {error}") from error


@contextlib.contextmanager
def _post(
    record: Record, command: str, document: Mapping[str, Any], timeout: float
) -> Iterator[http.client.HTTPResponse]:
    address = urlsplit(record.url)
    connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=timeout)
    headers = {"Authorization": f"Bearer {record.token}", "Content-Type": "application/json"}
    try:
        connection.request("POST", f"/api/{command}", json.dumps(document), headers)
        response = connection.getresponse()
    except ConnectionRefusedError:
        connection.close()
        raise NotRunning from None
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise ControlError(f"The runtime at {record.url} did not answer: {error}") from error
    try:
        yield response
    finally:
        connection.close()


def call_running(paths: Paths, command: Command[Request, Answer], request: Request) -> Answer:
    """Send a command to the runtime that runs. Raises NotRunning, ControlError."""
    record = read_record(paths.record)
    if record is None:
        raise NotRunning
    return call(record, command, request)


def call_or_start(paths: Paths, command: Command[Request, Answer], request: Request) -> Answer:
    """Send a command; start a runtime for it if there is none. Raises ControlError."""
    try:
        return call_running(paths, command, request)
    except (NotRunning, RuntimeLeaving):
        return call(ensure_runtime(paths), command, request)


def ensure_runtime(paths: Paths, adopt: tuple[int, int, int] | None = None, window: bool = False) -> Record:
    """Return the record of a runtime that answers; one of many callers starts it, the others wait for it.

    Args:
        adopt: two file descriptors and the process id of a window host that the new runtime takes over;
            where a runtime is there already, that is an error.
        window: the new runtime will have to open a window at once.

    Raises:
        ControlError: there is none and none could be started.
    """
    paths.make()
    # Two locks: this one is held while a runtime is started, so that of many callers one does it. The runtime's own
    # is held for its life, and it alone decides who serves.
    start_lock = LockFile(paths.run / "start.lock")
    deadline = time.monotonic() + _START_TIMEOUT
    while not start_lock.acquire():
        if time.monotonic() > deadline:
            raise ControlError(f"Another start of narvi-desktop has not ended; see {paths.runtime_log}.")
        time.sleep(_POLL)
    try:
        record = read_record(paths.record)
        if record is not None and _answers(record):
            if adopt is not None:
                raise ControlError("Another runtime has been started meanwhile.")
            return record
        _start(paths, adopt, window)
        record = read_record(paths.record)
        if record is None:
            raise ControlError(f"narvi-desktop started but left no record at {paths.record}.")
        return record
    finally:
        start_lock.release()


def _answers(record: Record) -> bool:
    try:
        call(record, STATUS, NoArguments(), timeout=5)
        return True
    except ControlError:
        return False


def _start(paths: Paths, adopt: tuple[int, int, int] | None, window: bool) -> None:
    """Start a runtime in a session of its own and read its one line: ready, or what is wrong."""
    command = [sys.executable, "-m", "narvi_desktop.runtime", "--ready"]
    detached: dict[str, Any] = {"start_new_session": True}
    if window:
        command.append("--window")
    if adopt is not None:
        command += ["--adopt", *map(str, adopt)]
        detached["pass_fds"] = adopt[:2]
    if sys.platform == "win32":
        detached = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    _rotate(paths.runtime_log)
    with paths.runtime_log.open("ab") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, cwd=os.sep, **detached
        )
    assert process.stdout is not None
    with process.stdout:
        line = process.stdout.readline()
    # It outlives us by design; without this, Popen warns of a child that still runs.
    process.returncode = 0
    answer: dict[str, Any] = json.loads(line) if line else {}
    if answer.get("ready"):
        return
    reason = answer.get("error", f"narvi-desktop did not start; its log is {paths.runtime_log}.")
    raise ControlError(
        reason, "" if answer else read_tail(paths.runtime_log), answer.get("exit_code", ExitCode.FAILED)
    )


def _rotate(log: Path) -> None:
    """Put a large log aside. Only at a start: a runtime that runs has the file open."""
    if log.exists() and log.stat().st_size > Settings.log_bytes:
        log.replace(log.with_name(log.name + ".1"))
