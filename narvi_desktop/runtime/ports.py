"""Which port a workspace is served on: the same in every run, since what its pages store belongs to the port."""

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

from narvi_desktop.server.gateway import bind
from narvi_desktop.server.site import SYSTEM

from . import kept

_FIRST, _LAST, _TRIES = 20_000, 32_000, 20  # below the ports that systems hand out by themselves
_MISSES = 3  # runs that could not have the port, until another takes its place


@dataclass
class Known:
    """What a workspace was given: its port, how many runs in a row missed it, and what they had instead."""

    port: int
    missed: int = 0
    instead: list[int] = field(default_factory=list)


class Ports:
    """Binds the socket of a workspace.

    No workspace is ever given a port that another has had: its pages would find what the other's have stored.

    Args:
        file: where the ports are kept.
        system: the port that a person wants for the system workspace.
    """

    def __init__(self, file: Path, system: int | None = None) -> None:
        self._file = file
        self._system = system
        self._known: dict[str, Known] = kept.load(file, _parse, {})

    def bind(self, workspace: str) -> socket.socket:
        """A listening socket. Raises OSError: none can be had."""
        others = self._ports_of_others(workspace)
        if workspace == SYSTEM and self._system is not None:
            if self._system in others:
                raise OSError(errno.EADDRINUSE, "it is kept for the workspace " + others[self._system])
            return bind(self._system)
        problem = OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        for port in self._candidates(workspace):
            try:
                sock = bind(port)
            except OSError as error:
                problem = error
                continue
            had = sock.getsockname()[1]
            if had not in others:
                self._note(workspace, had)
                return sock
            sock.close()
        raise problem

    def _candidates(self, workspace: str) -> Iterator[int]:
        known = self._known.get(workspace)
        before = [known.port, *known.instead] if known else []
        others = self._ports_of_others(workspace)
        fresh = (secrets.randbelow(_LAST - _FIRST) + _FIRST for _ in range(_TRIES))
        return itertools.chain(before, (port for port in fresh if port not in others), [0])

    def _ports_of_others(self, workspace: str) -> dict[int, str]:
        return {
            port: name
            for name, known in self._known.items()
            if name != workspace
            for port in (known.port, *known.instead)
        }

    def _note(self, workspace: str, port: int) -> None:
        before = copy.deepcopy(self._known.get(workspace))
        known = self._known.setdefault(workspace, Known(port))
        if port == known.port:
            known.missed = 0
        else:
            known.missed += 1
            if port not in known.instead:
                known.instead.append(port)
            if known.missed >= _MISSES:
                known.instead[known.instead.index(port)] = known.port
                known.port, known.missed = port, 0
        if known != before:
            kept.save(self._file, {name: asdict(known) for name, known in self._known.items()})


def _parse(value: Any) -> dict[str, Known]:
    known = {str(name): Known(**entry) for name, entry in value.items()}
    for entry in known.values():
        if not all(isinstance(port, int) and 0 < port < 65_536 for port in (entry.port, *entry.instead)):
            raise ValueError("a port is no port")
        entry.missed = int(entry.missed)
    return known
