"""Every page of ours: axe-core finds nothing serious in light or dark (machine and monitor: in their own tests)."""

from __future__ import annotations

from pathlib import Path

from tests.support.apps import accessible, add_bundled, add_notes
from tests.support.browser import browser_page, visit
from tests.support.server import Server, add_probe


async def test_hello(server: Server) -> None:
    add_bundled(server, "hello")
    async with browser_page() as page:
        await visit(server, page, "hello", "hello")
        await page.get_by_role("button", name="Say hello").wait_for()
        await accessible(page)


async def test_notes_empty_and_with_a_note(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    async with browser_page() as page:
        await visit(server, page, "notes", "notes")
        await page.locator("#empty").wait_for()
        await accessible(page)
        await page.keyboard.press("Alt+n")
        await page.locator(".cm-content").wait_for()
        await page.keyboard.type("# Title\n\nsome [text](https://example.org)")
        await page.get_by_text("Saved").wait_for()
        await accessible(page)


async def test_the_page_of_a_service_that_fails(server: Server) -> None:
    add_probe(server, "thread", service_class="service:Broken")
    async with browser_page() as page:
        await visit(server, page, "lab", "probe")
        await page.get_by_role("link", name="Try again").wait_for()
        await accessible(page)
