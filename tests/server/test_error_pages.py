"""Pages in place of those of apps."""

from __future__ import annotations

from typing import Any

from narvi_desktop.server.error_pages import ErrorPage, ErrorPages, failure_page
from narvi_desktop.server.errors import StillFailing


async def answer(pages: ErrorPages, key: str, query: str = "") -> Any:
    return await pages.answer(key, query)


def fail() -> str:
    raise StillFailing("line 3: no <such> key")


async def test_a_look_tries_again_and_says_what_is_wrong() -> None:
    pages = ErrorPages()
    key = pages.add("x", ErrorPage("Notes", "It cannot be opened.", "", "the log", fail))
    response = await answer(pages, key)
    assert response.status == 503 and "no &lt;such&gt; key" in response.text
    assert "the log" in response.text
    assert pages.add("x", ErrorPage("Notes", "", "", "", lambda: "/url")) == key
    response = await answer(pages, key)
    assert response.status == 302 and response.headers["Location"] == "/url"
    assert await answer(pages, "unknown") is None


async def test_a_manual_page_waits_for_the_click() -> None:
    tries: list[bool] = []

    def attempt() -> None:
        tries.append(True)

    pages = ErrorPages()
    key = pages.add("x", ErrorPage("Notes", "Nothing shows.", "why", "", attempt, manual=True))
    assert (await answer(pages, key)).status == 503 and tries == []
    assert (await answer(pages, key, "again")).status == 200 and tries == [True]


async def test_another_way_to_show_the_app() -> None:
    async def elsewhere() -> str:
        return "It is in the browser."

    pages = ErrorPages()
    key = pages.add("x", ErrorPage("Notes", "", "", "", fail, elsewhere, manual=True))
    assert "It is in the browser." in (await answer(pages, key, "browser")).text


def test_the_page_of_a_failure_is_not_kept() -> None:
    assert failure_page("a", "b", "c", "d").headers["Cache-Control"] == "no-store"
