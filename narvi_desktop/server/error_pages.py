"""Error pages shown in place of an app: its folder cannot be used, its service fails, its page stays blank."""

from __future__ import annotations

import hashlib
import html
import string
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from .errors import StillFailing
from .resources import WEB_FOLDER

NO_STORE = {"Cache-Control": "no-store"}


@dataclass
class ErrorPage:
    """One page shown in place of an app's own.

    Attributes:
        title: of the app.
        summary, text, log: a headline, what failed, and the last lines of a log.
        attempt: the URL of the app's page, or None when its window has been sent there already. Raises StillFailing.
        open_elsewhere: shows the app in another way and returns a sentence on the outcome.
        manual: whether only the user's click tries again; else each load of the page does.
    """

    title: str
    summary: str
    text: str
    log: str
    attempt: Callable[[], str | None]
    open_elsewhere: Callable[[], Awaitable[str]] | None = None
    manual: bool = False


@dataclass
class ErrorPages:
    """The error pages of a run, served as an app `broken` of the workspace `desktop`, a service id each."""

    pages: dict[str, ErrorPage] = field(default_factory=dict)

    def add(self, name: str, page: ErrorPage) -> str:
        """Register a page and return its service id; a page of the same name is replaced."""
        key = hashlib.sha256(name.encode()).hexdigest()[:16]
        self.pages[key] = page
        return key

    async def answer(self, key: str, query: str) -> web.Response | None:
        """Return a redirect to the app, a page with what failed, or None for an unknown key.

        Args:
            query: the query: "again", "browser" or nothing.
        """
        page = self.pages.get(key)
        if page is None:
            return None
        if query == "browser" and page.open_elsewhere is not None:
            page.text = await page.open_elsewhere()
            return _page(page)
        if page.manual and query != "again":
            return _page(page)
        try:
            url = page.attempt()
        except StillFailing as error:
            page.text = str(error)
            return _page(page)
        if url is None:
            page_that_goes = "<!doctype html><title>Opening…</title>"
            return web.Response(text=page_that_goes, content_type="text/html", headers=NO_STORE)
        return web.Response(status=302, headers={"Location": url, **NO_STORE})


def _page(page: ErrorPage) -> web.Response:
    return failure_page(page.title, page.summary, page.text, page.log, "?again", page.open_elsewhere is not None)


def failure_page(
    title: str, summary: str, text: str, log: str, again: str = "", offer_elsewhere: bool = False
) -> web.Response:
    """Build a 503 page with what failed and a way to try again.

    Args:
        offer_elsewhere: whether another way to show the app is offered.
    """
    template = string.Template((WEB_FOLDER / "error.html").read_text(encoding="utf-8"))
    lines = {"title": title, "summary": summary, "traceback": text, "log": log, "again": again}
    values = {name: html.escape(value) for name, value in lines.items()}
    page = template.safe_substitute(values, tries="", elsewhere="" if offer_elsewhere else "hidden")
    return web.Response(status=503, text=page, content_type="text/html", headers=NO_STORE)
