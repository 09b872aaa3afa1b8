"""Boards in Chromium: what a person does with them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from narvi_desktop.library.manifest import load
from narvi_desktop.server.registry import Service
from tests.support.apps import APPS
from tests.support.server import Server
from tests.support.waiting import PATIENCE


def add_boards(server: Server, data: Path) -> None:
    """Both services and apps, as the runtime registers them."""
    manifest = load(APPS / "boards")
    services = {}
    for name, spec in manifest.services.items():
        services[name] = server.hub.register_service(
            Service(
                "boards",
                name,
                spec.service_class,
                {"folder": str(data)},
                spec.service_id,
                isolation="process",
                folder=APPS / "boards",
                python=(sys.executable,),
            )
        )
    for name, app in manifest.apps.items():
        roots: dict[str | tuple[str, str], str | Path] = {("", "**"): app.web or ""}
        roots.update(app.files.items())
        server.hub.register_app(name, services[app.service], {}, roots, app.service_chooser, app.title)


async def choose(server: Server, page: Page) -> None:
    await page.goto(server.sites.issue_ticket("boards", "boards", None, 60))
    await page.get_by_label("Name of the new board").wait_for()


async def make_board(server: Server, page: Page, name: str) -> str:
    """Made in the chooser; its id."""
    await choose(server, page)
    await page.get_by_label("Name of the new board").fill(name)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name=name, exact=True).wait_for()
    return page.url.split("/")[-2]


async def add_cards(page: Page, *texts: str, lane: str = "To do") -> None:
    for text in texts:
        await page.get_by_label(f"Add a card to {lane}").fill(text)
        await page.keyboard.press("Enter")
        await card(page, text).wait_for()


def card(page: Page, text: str) -> Any:
    return page.locator(".card").filter(has_text=text)


async def shown(page: Page) -> list[list[str]]:
    """The texts of the cards, by lane."""
    lanes: list[list[str]] = await page.evaluate(
        "[...document.querySelectorAll('ul[data-lane]')].map("
        "(list) => [...list.querySelectorAll('.text')].map((one) => one.textContent))"
    )
    return lanes


async def until_shown(page: Page, *lanes: list[str]) -> None:
    async with asyncio.timeout(PATIENCE):
        while await shown(page) != list(lanes):
            await asyncio.sleep(0.02)


async def send(page: Page, text: str, board: str) -> None:
    await page.bring_to_front()  # a page behind another is drawn seldom, and clicks wait for it
    await card(page, text).get_by_role("button", name="More for").click()
    await page.get_by_role("menuitem", name="Send to another board…").click()
    await page.get_by_role("dialog").get_by_role("button", name=board).click()
