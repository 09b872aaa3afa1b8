"""What the window manager asks of the runtime."""

from __future__ import annotations

from narvi_desktop.state.names import AppRef, WindowKey
from narvi_desktop.state.paths import Paths
from tests.support.account import make_app
from tests.support.runtime import runtime_parts
from tests.support.server import until

KEY = WindowKey("mine", "mine", "main")


async def test_links_and_tickets(paths: Paths) -> None:
    async with runtime_parts(paths) as parts:
        assert parts.tickets.is_unused(KEY, parts.events.fresh_url(KEY))
        assert parts.events.link_out(KEY, "https://example.org/") == "https://example.org/"
        assert parts.events.link_out(KEY, "file:///etc/passwd") is None


async def test_a_page_that_fails_is_replaced_until_the_person_tries_again(paths: Paths) -> None:
    make_app(paths.installed / "mine")
    async with runtime_parts(paths) as parts:
        parts.registry.open(AppRef("mine"))
        parts.events.page_failed(parts.windows, "1", KEY, "its process ended")
        identity, key, url, replaced = parts.windows.navigated.pop()
        assert (identity, key, replaced) == ("1", KEY, True)  # it still counts as the app's window
        path = str(parts.sites.of_workspace("desktop").spend_ticket(url.rpartition("/")[2]))
        assert path.startswith("/narvi/desktop/broken/")
        page_id = path.split("/")[4]
        page = await parts.error_pages.answer(page_id, "")
        assert page is not None and page.status == 503
        assert "Mine cannot be shown here." in str(page.text) and "its process ended" in str(page.text)
        again = await parts.error_pages.answer(page_id, "again")
        assert again is not None and again.status == 200
        assert parts.windows.navigated[0][:2] == ("1", KEY)


async def test_the_service_ends_with_its_last_window_where_that_is_wanted(paths: Paths) -> None:
    make_app(paths.installed / "mine")
    async with runtime_parts(paths) as parts:
        app = parts.registry.open(AppRef("mine"))
        await parts.hub.acquire(app.service, "main", for_session=False)
        parts.events.last_closed(KEY, stop=False)
        parts.events.last_closed(WindowKey("mine", "unknown", None), stop=True)
        assert len(parts.hub.instances) == 1
        parts.events.last_closed(KEY, stop=True)
        await until(lambda: not parts.hub.instances)
