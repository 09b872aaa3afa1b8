"""Check the runtime, if there is one, and the ports of the workspaces."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import narvi_desktop
from narvi_desktop.cli import client
from narvi_desktop.control.commands import STATUS
from narvi_desktop.control.errors import ControlError
from narvi_desktop.control.requests import NoArguments
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.record import read_record

from .checks import Check
from .files import read_object


class RuntimeChecks:
    """Each public method checks one area."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths

    def runtime(self) -> Iterator[Check]:
        file = self._paths.record
        if not file.exists():
            yield Check("runtime", "record", "ok", "narvi-desktop is not running")
            return
        record = read_record(file)
        if record is None:
            found = f"{file} can be read by others, belongs to somebody else, or is damaged"
            fix = f"It is not used. When no runtime runs, delete it: rm {file}"
            yield Check("runtime", "record", "problem", found, fix)
            return
        try:
            answer = client.call(record, STATUS, NoArguments(), timeout=5)
        except ControlError as error:
            fix = "The next command starts a new one. If it does not, end the process by hand."
            yield Check("runtime", "answers", "note", f"process {record.pid} does not answer: {error}", fix)
            return
        same = record.version == narvi_desktop.__version__
        found = f"version {record.version} at {answer.url}, process {record.pid}"
        yield Check("runtime", "answers", "ok" if same else "note", found, "" if same else "narvi-desktop stop")

    def ports(self) -> Iterator[Check]:
        records = read_object(self._paths.state / "ports.json")
        in_use = set()
        record = read_record(self._paths.record)
        if record is not None:
            with contextlib.suppress(ControlError):
                sites = client.call(record, STATUS, NoArguments(), timeout=5).sites
                in_use = {int(origin.rpartition(":")[2]) for origin in sites.values()}
        for workspace, entry in records.items():
            port = int(entry["port"])
            if port not in in_use and _is_taken(port):
                found = f"port {port} of {workspace} is used by another program"
                fix = f"End that program (lsof -i :{port}); otherwise the port changes and pages lose what they stored."
                yield Check("ports", workspace, "note", found, fix)
        yield Check("ports", "known", "ok", f"{len(records)} remembered, {len(in_use)} in use by narvi-desktop")


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
