"""Apps whose folder cannot be used: a page that says why, and tries again each time it is loaded."""

from __future__ import annotations

import hashlib
import html
import string
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from .resources import WEB_FOLDER

NO_STORE = {"Cache-Control": "no-store"}


class StillBroken(Exception):
    """What is wrong with the app's folder, in a sentence or two."""


@dataclass
class BrokenApps:
    """Served as an app `broken` of the workspace `desktop`, with one service id for each broken app."""

    attempts: dict[str, tuple[str, Callable[[], str]]] = field(default_factory=dict)

    def add(self, text: str, attempt: Callable[[], str]) -> str:
        """A service id. `attempt` returns the URL of the mended app's page, or raises StillBroken."""
        key = hashlib.sha256(text.encode()).hexdigest()[:16]
        self.attempts[key] = text, attempt
        return key

    def answer(self, key: str) -> web.Response | None:
        """A redirect to the mended app, a page with what is wrong, or None for what is not known."""
        if key not in self.attempts:
            return None
        text, attempt = self.attempts[key]
        try:
            return web.Response(status=302, headers={"Location": attempt(), **NO_STORE})
        except StillBroken as error:
            return failure_page(text, f"{text} cannot be opened.", str(error), "Nothing was started.")


def failure_page(title: str, summary: str, traceback: str, log: str) -> web.Response:
    """503 with what failed, and a way to try again."""
    template = string.Template((WEB_FOLDER / "error.html").read_text(encoding="utf-8"))
    lines = {"title": title, "summary": summary, "traceback": traceback, "log": log}
    text = template.safe_substitute({name: html.escape(value) for name, value in lines.items()})
    return web.Response(status=503, text=text, content_type="text/html", headers=NO_STORE)
