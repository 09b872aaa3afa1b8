"""The files of an app: from its own folders, then from ours for `narvi/…`."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from aiohttp import web

WEB_FOLDER = Path(__file__).resolve().parent.parent / "web"
Glob = Callable[[str], re.Pattern[str]]
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
        glob: how a pattern is matched.
    """

    def __init__(self, roots: Roots, glob: Glob | None = None) -> None:
        glob = glob or segment_glob
        # (prefix or None, pattern, target), in the order in which they are tried.
        self._rules: list[tuple[str | None, re.Pattern[str], Path]] = []
        for key, target in roots.items():
            prefix, pattern = (None, key) if isinstance(key, str) else (key[0].strip("/"), key[1])
            self._rules.append((prefix, glob(pattern), Path(target).resolve()))
        # Last, so that it is there also when a program maps narvi/ itself.
        self._rules.append(("narvi", segment_glob("**"), WEB_FOLDER))

    def find(self, segments: list[str]) -> Path | None:
        """Return the file, or None: hidden names, links out of the folder and special files do not exist."""
        if any(segment.startswith(".") or "\0" in segment for segment in segments):
            return None
        path = "/".join(segments)
        for prefix, pattern, target in self._rules:
            rest = path if prefix is None else _after(prefix, path)
            if not rest or not pattern.fullmatch(rest):
                continue
            # A URL that leads to a folder keeps its name below it; one that leads to a file always means that file.
            is_file = prefix is None and not target.is_dir()
            candidate = target if is_file else _below(target, rest)
            if candidate is not None and candidate.is_file():
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


def segment_glob(pattern: str) -> re.Pattern[str]:
    """Compile a glob: ``*`` and ``?`` within a segment, ``**`` over segments."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.strip("/"))
    rules = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(rules.get(part, re.escape(part)) for part in parts))
