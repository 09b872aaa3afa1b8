"""`narvi-desktop status`: the short form of the monitor."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from narvi_desktop.control.answers import StatusAnswer
from narvi_desktop.control.commands import STATUS
from narvi_desktop.control.errors import NotRunning
from narvi_desktop.control.requests import NoArguments
from narvi_desktop.state.names import SYSTEM
from narvi_desktop.state.paths import Paths

from . import client
from .output import print_answer, print_document


def run(arguments: argparse.Namespace, paths: Paths) -> int:
    try:
        answer = client.call_running(paths, STATUS, NoArguments())
    except NotRunning as error:
        print_document(arguments, {"running": False}, str(error))
        return error.exit_code
    return print_answer(arguments, answer, "\n".join(format_lines(answer)))


def format_lines(answer: StatusAnswer) -> Iterator[str]:
    """A line for the runtime, and one for each instance."""
    yield f"narvi-desktop {answer.version} at {answer.url}, process {answer.pid}"
    for workspace, services in answer.admin.items():
        origin = answer.sites.get(workspace, "no page yet")
        for name, service in services.items():
            if (workspace, name) == (SYSTEM, "runtime"):
                continue  # the first line
            for service_id, instances in service["instances"].items():
                for instance in instances:
                    count = len(instance["sessions"])
                    sessions = f"{count} session{'' if count == 1 else 's'}"
                    yield f"{workspace}/{name}/{service_id}: {instance['state']}, {sessions} at {origin}"
            for service_id, failure in service["not_running"].items():
                error = failure["error"].splitlines()[0] if failure["error"] else ""
                yield f"{workspace}/{name}/{service_id}: {failure['state']} {error}".rstrip()
