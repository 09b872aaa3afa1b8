"""A zip file for somebody who helps: the findings and the last log lines, without secrets. It is never sent."""

from __future__ import annotations

import getpass
import json
import os
import re
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

from narvi_desktop.state.files import read_tail
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.record import read_record

from .files import read_text

_LOG_LINES = 200
_STATE_FILES = ("ports.json", "workspaces.json", "places.json", "used.json", "windows.json")
_REDACTED = "[removed]"
# What the first group matches stays; the rest is removed.
_SECRETS = (
    re.compile(r"(/ticket/)[\w-]+"),
    re.compile(r"(narvi_\d+=)[^\s;,\"]+"),
    re.compile(r"((?i:authorization)\W+(?i:bearer|basic)\s+)\S+"),
    re.compile(r"((?i:[\w-]*(?:password|passwd|secret|token|api_?key|credential)[\w-]*)[\"']?\s*[=:]\s*[\"']?)[^\s\"',;]+"),
    re.compile(r"(://[^/\s:@]*:)[^/\s@]+(?=@)"),
)


class Report:
    """Collect everything at once, so that what is listed is what is written.

    Args:
        text, document: the findings, for a person and as JSON.
    """

    def __init__(self, paths: Paths, text: str, document: dict[str, object]) -> None:
        self._paths = paths
        self._private = dict(self._private_text())
        members = {"doctor.txt": text, "doctor.json": json.dumps(document, indent=1), **dict(self._files())}
        self.members = {name: self._redact(content) for name, content in members.items()}

    def write(self, file: Path) -> None:
        """Write a new file that only this user can read. Raises OSError, also when the file exists."""
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in self.members.items():
                archive.writestr(name, text)

    def _files(self) -> Iterator[tuple[str, str]]:
        config = read_text(self._paths.config / "config.toml")
        if config is not None:
            yield "config.toml", config
        for name in _STATE_FILES:
            text = read_text(self._paths.state / name)
            if text is not None:
                yield f"state/{name}", text
        for log in sorted(self._paths.logs.glob("*.log")):
            yield f"log/{log.name}", read_tail(log, _LOG_LINES) + "\n"

    def _private_text(self) -> Iterator[tuple[str, str]]:
        record = read_record(self._paths.record)
        if record is not None:
            yield record.token, _REDACTED
        home = str(Path.home())
        for form in {home, os.path.realpath(home)} - {"/"}:
            yield form, "~"
        try:
            user = getpass.getuser()
        except (OSError, KeyError):
            user = ""
        if len(user) > 2 and user != "root":
            yield user, "[user]"
        if len(socket.gethostname()) > 2:
            yield socket.gethostname(), "[host]"

    def _redact(self, text: str) -> str:
        # The longest first: the path of a home folder contains its user's name.
        for word in sorted(self._private, key=len, reverse=True):
            text = text.replace(word, self._private[word])
        for secret in _SECRETS:
            text = secret.sub(rf"\g<1>{_REDACTED}", text)
        return text
