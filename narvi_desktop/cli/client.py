"""The command line's side: ask the runtime, and start it if there is none."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from narvi_desktop.settings import Settings
from narvi_desktop.state.lock_file import LockFile
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.record import Record, read_record

_START_TIMEOUT = 30.0  # seconds that others wait for the one that starts a runtime


class ControlError(Exception):
    """What the runtime, or its start, refuses: a sentence, perhaps a traceback, and the exit code.

    Attributes:
        shown: a window says so too.
    """

    def __init__(self, message: str, detail: str = "", exit_code: int = 1, shown: bool = False) -> None:
        super().__init__(message)
        self.detail, self.exit_code, self.shown = detail, exit_code, shown


class NotRunning(ControlError):
    """There is no runtime."""

    def __init__(self) -> None:
        super().__init__("narvi-desktop is not running.", exit_code=3)


class Leaving(ControlError):
    """The runtime is just about to end."""


def call(record: Record, command: str, payload: dict[str, Any], timeout: float = 60) -> dict[str, Any]:
    """One control command. Raises ControlError."""
    address = urlsplit(record.url)
    connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=timeout)
    headers = {"Authorization": f"Bearer {record.token}", "Content-Type": "application/json"}
    try:
        connection.request("POST", f"/api/{command}", json.dumps(payload), headers)
        response = connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
    except ConnectionRefusedError:
        raise NotRunning from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ControlError(f"The runtime at {record.url} did not answer: {error}") from error
    finally:
        connection.close()
    if response.status == 503 and answer.get("leaving"):
        raise Leaving(answer["error"])
    if response.status >= 400:
        more = (answer.get("detail", ""), answer.get("exit_code", 1), answer.get("shown") is True)
        raise ControlError(answer.get("error", "refused"), *more)
    return answer


def stream(record: Record, command: str, payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The documents of a streaming command, until either side ends it. Raises ControlError."""
    address = urlsplit(record.url)
    connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=60)
    headers = {"Authorization": f"Bearer {record.token}", "Content-Type": "application/json"}
    try:
        connection.request("POST", f"/api/{command}", json.dumps(payload), headers)
        response = connection.getresponse()
        if response.status != 200:
            raise ControlError(f"The runtime at {record.url} does not let us watch ({response.status}).")
        while line := response.readline():
            yield json.loads(line)
    except ConnectionRefusedError:
        raise NotRunning from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ControlError(f"The runtime at {record.url} went away: {error}") from error
    finally:
        connection.close()


def call_running(paths: Paths, command: str, payload: dict[str, Any]) -> dict[str, Any]:
    """A command for a runtime that runs. Raises NotRunning, ControlError."""
    record = read_record(paths.record)
    if record is None:
        raise NotRunning
    return call(record, command, payload)


def call_or_start(paths: Paths, command: str, payload: dict[str, Any]) -> dict[str, Any]:
    """A command; a runtime is started for it if there is none. Raises ControlError."""
    try:
        return call_running(paths, command, payload)
    except (NotRunning, Leaving):
        window = command == "open" and payload.get("show") in (None, "window")
        return call(ensure_runtime(paths, window=window), command, payload)


def ensure_runtime(paths: Paths, adopt: tuple[int, int, int] | None = None, window: bool = False) -> Record:
    """The record of a runtime that answers; one of many callers starts it, the others wait for it.

    Args:
        adopt: two file descriptors and the process id of a window host that the new runtime takes over;
            where a runtime is there already, that is an error.
        window: the new runtime will have to open a window at once.
    """
    paths.make()
    start_lock = LockFile(paths.run / "start.lock")
    until = time.monotonic() + _START_TIMEOUT
    while not start_lock.acquire():
        if time.monotonic() > until:
            raise ControlError(f"Another start of narvi-desktop has not ended; see {paths.runtime_log}.")
        time.sleep(0.02)
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
        call(record, "status", {}, timeout=5)
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
    tail = "\n".join(paths.runtime_log.read_text(errors="replace").splitlines()[-20:])
    reason = answer.get("error", f"narvi-desktop did not start; its log is {paths.runtime_log}.")
    raise ControlError(reason, "" if answer else tail, answer.get("exit_code", 1))


def _rotate(log: Path) -> None:
    """Put a large log aside, at a start alone: a runtime that writes has the file open."""
    if log.exists() and log.stat().st_size > Settings.log_bytes:
        log.replace(log.with_name(log.name + ".1"))
