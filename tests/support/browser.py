"""Pages in Chromium."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator

from playwright.async_api import Page, async_playwright, expect

from tests.support.server import Server
from tests.support.waiting import PATIENCE

ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]


SERVICE = """
class Echo:
    def __init__(self, services):
        services.add_session_open_listener(
            lambda app, session, query, headers: services.send("welcome", for_session_id=session))
        services.add_message_listener(lambda message, session: services.send(message, for_session_id=session))
"""


@contextlib.asynccontextmanager
async def browser_page() -> AsyncIterator[Page]:
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    path = next((name for name in found if name), None)  # None: the one that playwright has installed
    async with async_playwright() as playwright:
        patience = PATIENCE * 1000
        expect.set_options(timeout=patience)
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS, timeout=patience)
        context = await browser.new_context()
        context.set_default_timeout(patience)
        page = await context.new_page()
        yield page
        await browser.close()


async def visit(server: Server, page: Page, workspace: str, app: str) -> None:
    await page.goto(server.sites.issue_ticket(workspace, app, "main", 60))
