"""The files of an app: from its own folders, then from ours for `narvi/…`."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

WEB_FOLDER = Path(__file__).resolve().parent.parent / "web"
Roots = Mapping[str | tuple[str, str], str | Path]

# Not left to the machine's own tables: a page's script must be one everywhere.
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("text/css", ".css")
mimetypes.add_type("image/svg+xml", ".svg")


class Resources:
    """Maps the segments of a URL below an app to a file that may be sent.

    Args:
        roots: as Narvi's `resource_roots`: a URL or glob to a file, or (prefix, glob) to a folder;
            ``**`` reaches into subfolders.
    """

    def __init__(self, roots: Roots) -> None:
        self._files: list[tuple[re.Pattern[str], Path]] = []
        self._folders: list[tuple[str, re.Pattern[str], Path]] = []
        for key, target in roots.items():
            if isinstance(key, str):
                self._files.append((_glob(key), Path(target).resolve()))
            else:
                self._folders.append((key[0].strip("/"), _glob(key[1]), Path(target).resolve()))
        self._folders.append(("narvi", _glob("**"), WEB_FOLDER))

    def find(self, segments: list[str]) -> Path | None:
        """Return the file, or None: hidden names, links out of the folder and special files do not exist."""
        if any(segment.startswith(".") or "\0" in segment for segment in segments):
            return None
        path = "/".join(segments)
        for pattern, file in self._files:
            if pattern.fullmatch(path):
                # A glob to a folder keeps the name below it; a glob to a file always means that file.
                candidate = _below(file, path) if file.is_dir() else file
                if candidate is not None and candidate.is_file():
                    return candidate
        for prefix, pattern, folder in self._folders:
            rest = _after(prefix, path)
            if rest and pattern.fullmatch(rest) and (candidate := _below(folder, rest)):
                return candidate
        return None


def respond(path: Path) -> web.StreamResponse:
    """Serve a file with ETag, Last-Modified and Range; the browser revalidates it each time."""
    response = web.FileResponse(path, headers={"Cache-Control": "no-cache"})
    content_type, _ = mimetypes.guess_type(path.name)
    response.content_type = content_type or "application/octet-stream"
    if response.content_type.startswith("text/"):
        response.charset = "utf-8"
    return response


def _after(prefix: str, path: str) -> str | None:
    if not prefix:
        return path
    return path[len(prefix) + 1 :] if path.startswith(prefix + "/") else None


def _below(folder: Path, relative: str) -> Path | None:
    try:
        candidate = (folder / relative).resolve()
        candidate.relative_to(folder)
        return candidate if candidate.is_file() else None
    except (ValueError, OSError, RuntimeError):
        return None


def _glob(pattern: str) -> re.Pattern[str]:
    """``*`` and ``?`` within a segment, ``**`` over segments."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.strip("/"))
    rules = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(rules.get(part, re.escape(part)) for part in parts))
