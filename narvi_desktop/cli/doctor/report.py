"""A zip for who helps: what the doctor says and the last log lines, without secrets. It is written, never sent."""

from __future__ import annotations

import getpass
import json
import os
import re
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

from narvi_desktop.state.paths import Paths
from narvi_desktop.state.record import read_record

_LINES = 200
_STATE_FILES = ("ports.json", "workspaces.json", "places.json", "used.json", "windows.json")
_TAKEN_OUT = "[taken out]"
# Each with the part that stays in front of what is taken out.
_SECRETS = (
    re.compile(r"(/ticket/)[\w-]+"),
    re.compile(r"(narvi_\d+=)[^\s;,\"]+"),
    re.compile(r"((?i:authorization)\W+(?i:bearer|basic)\s+)\S+"),
    re.compile(r"((?i:[\w-]*(?:password|passwd|secret|token|api_?key|credential)[\w-]*)[\"']?\s*[=:]\s*[\"']?)[^\s\"',;]+"),
    re.compile(r"(://[^/\s:@]*:)[^/\s@]+(?=@)"),
)


class Report:
    """Collected at once, so that what is listed is what is written.

    Args:
        examined: what the doctor says, as text and as JSON.
    """

    def __init__(self, paths: Paths, examined: str, document: dict[str, object]) -> None:
        self._paths = paths
        self._words = dict(self._private_words())
        members = {"doctor.txt": examined, "doctor.json": json.dumps(document, indent=1), **dict(self._files())}
        self.members = {name: self._clean(text) for name, text in members.items()}

    def write(self, file: Path) -> None:
        """Into a new file that only this user can read. Raises OSError, FileExistsError too."""
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in self.members.items():
                archive.writestr(name, text)

    def _files(self) -> Iterator[tuple[str, str]]:
        config = _read(self._paths.config / "config.toml")
        if config is not None:
            yield "config.toml", config
        for name in _STATE_FILES:
            text = _read(self._paths.state / name)
            if text is not None:
                yield f"state/{name}", text
        for log in sorted(self._paths.logs.glob("*.log")):
            text = _read(log)
            if text is not None:
                yield f"log/{log.name}", "\n".join(text.splitlines()[-_LINES:]) + "\n"

    def _private_words(self) -> Iterator[tuple[str, str]]:
        record = read_record(self._paths.record)
        if record is not None:
            yield record.token, _TAKEN_OUT
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

    def _clean(self, text: str) -> str:
        # The longest first: a home folder holds its user's name.
        for word in sorted(self._words, key=len, reverse=True):
            text = text.replace(word, self._words[word])
        for secret in _SECRETS:
            text = secret.sub(rf"\g<1>{_TAKEN_OUT}", text)
        return text


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
