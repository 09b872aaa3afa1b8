"""The port of each workspace: the same in every run, since what pages store in a browser belongs to the port."""

from __future__ import annotations

import copy
import errno
import itertools
import os
import secrets
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from . import json_store
from .names import SYSTEM

_FIRST, _LAST, _TRIES = 20_000, 32_000, 20  # below the ports that systems hand out by themselves
_MAX_MISSED = 3  # runs that could not have the port, until another becomes the workspace's


@dataclass
class PortRecord:
    """The port of a workspace, how many runs in a row could not have it, and the ports that they had instead."""

    port: int
    missed: int = 0
    instead: list[int] = field(default_factory=list)


class Ports:
    """Bind the socket of a workspace.

    No workspace gets a port that another has had: its pages could read what those of the other have stored.

    Args:
        file: remembers the ports.
        system: the port that the user has configured for the system workspace.
    """

    def __init__(self, file: Path, system: int | None = None) -> None:
        self._file = file
        self._system = system
        self._records: dict[str, PortRecord] = json_store.load(file, _parse, {})

    def bind(self, workspace: str) -> socket.socket:
        """Return a listening socket. Raises OSError when no port is free."""
        others = self._ports_of_others(workspace)
        if workspace == SYSTEM and self._system is not None:
            if self._system in others:
                raise OSError(errno.EADDRINUSE, "it is reserved for the workspace " + others[self._system])
            return bind(self._system)
        problem = OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        for port in self._candidates(workspace):
            try:
                sock = bind(port)
            except OSError as error:
                problem = error
                continue
            bound = sock.getsockname()[1]
            if bound not in others:
                self._record(workspace, bound)
                return sock
            sock.close()
        raise problem

    def _candidates(self, workspace: str) -> Iterator[int]:
        record = self._records.get(workspace)
        before = [record.port, *record.instead] if record else []
        others = self._ports_of_others(workspace)
        fresh = (secrets.randbelow(_LAST - _FIRST) + _FIRST for _ in range(_TRIES))
        return itertools.chain(before, (port for port in fresh if port not in others), [0])

    def _ports_of_others(self, workspace: str) -> dict[int, str]:
        return {
            port: name
            for name, record in self._records.items()
            if name != workspace
            for port in (record.port, *record.instead)
        }

    def _record(self, workspace: str, port: int) -> None:
        before = copy.deepcopy(self._records.get(workspace))
        record = self._records.setdefault(workspace, PortRecord(port))
        if port == record.port:
            record.missed = 0
        else:
            record.missed += 1
            if port not in record.instead:
                record.instead.append(port)
            if record.missed >= _MAX_MISSED:
                record.instead[record.instead.index(port)] = record.port
                record.port, record.missed = port, 0
        if record != before:
            json_store.save(self._file, {name: asdict(record) for name, record in self._records.items()})


def bind(port: int) -> socket.socket:
    """Return a socket that listens on the loopback address only. Raises OSError."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_REUSEADDR") and socket.SO_REUSEADDR and not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        sock.listen(128)
    except OSError:
        sock.close()
        raise
    return sock


def _parse(value: Any) -> dict[str, PortRecord]:
    records = {str(name): PortRecord(**entry) for name, entry in value.items()}
    for entry in records.values():
        if not all(isinstance(port, int) and 0 < port < 65_536 for port in (entry.port, *entry.instead)):
            raise ValueError("a port is out of range")
        entry.missed = int(entry.missed)
    return records
