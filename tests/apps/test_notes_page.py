"""Notes in a real browser: two who type at once, and what a lost connection must not take."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.support.account import Account, is_alive
from tests.support.apps import add_notes
from tests.support.browser import browser_page, visit
from tests.support.server import Server
from tests.support.waiting import until

SAVED = "document.getElementById('status').textContent === 'Saved'"
# One edit in each turn of the page's loop, at a random place; every character once, so that none can hide.
TYPE = """async ([first, count]) => {
  for (let edit = 0; edit < count; edit++) {
    const from = Math.floor(Math.random() * (notes.view.state.doc.length + 1))
    notes.view.dispatch({ changes: { from, insert: String.fromCodePoint(first + edit) } })
    await new Promise((next) => setTimeout(next, Math.random() * 4))
  }
}"""
LOADED = "#editor[aria-busy=false] .cm-content"
TEXT = "notes.view.state.doc.toString()"


def characters(first: int, count: int) -> list[str]:
    return [chr(first + edit) for edit in range(count)]


async def edit_both(one: Page, other: Page, first: int, count: int) -> None:
    await asyncio.gather(one.evaluate(TYPE, [first, count]), other.evaluate(TYPE, [first + count, count]))


async def same_text(one: Page, other: Page, expected: list[str]) -> None:
    for page in (one, other):
        await page.wait_for_function(f"{TEXT}.length === {len(expected)}")
        await page.wait_for_function(SAVED)
    text = await one.evaluate(TEXT)
    assert text == await other.evaluate(TEXT)
    assert sorted(text) == sorted(expected)


async def start_writing(page: Page) -> None:
    await page.click("#first")
    await page.wait_for_selector(".cm-content:focus")


async def second_page(server: Server, page: Page) -> Page:
    other = await page.context.new_page()
    await visit(server, other, "notes", "notes")
    await other.wait_for_selector(LOADED)
    return other


async def test_two_type_at_once_and_nothing_is_lost_when_the_worker_is_killed(
    server: Server, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    edits = int(pytestconfig.getoption("--edits"))

    add_notes(server, tmp_path / "data")
    async with browser_page() as page:
        await visit(server, page, "notes", "notes")
        await start_writing(page)
        other = await second_page(server, page)
        await edit_both(page, other, 0x4E00, edits)
        expected = characters(0x4E00, 2 * edits)
        await same_text(page, other, expected)

        async def kill() -> None:
            # While both type: what had arrived is on the disk, the rest is sent again.
            await page.wait_for_function(f"{TEXT}.length > {len(expected) + edits // 10}")
            (instance,) = server.hub.instances
            assert instance.pid is not None
            os.kill(instance.pid, signal.SIGKILL)

        await asyncio.gather(edit_both(page, other, 0x7000, edits // 2), kill())
        expected += characters(0x7000, 2 * (edits // 2))
        await same_text(page, other, expected)
        before = await page.evaluate(TEXT)
        await other.reload()
        await other.wait_for_selector(LOADED)
        assert await other.evaluate(TEXT) == before


async def test_keyboard_cursor_image_and_search(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    async with browser_page() as page:
        await visit(server, page, "notes", "notes")
        await page.wait_for_selector("#first")
        await page.keyboard.press("Alt+n")
        await page.wait_for_selector(".cm-content:focus")
        await page.keyboard.type("# Lapland\n\nPack ")
        await page.wait_for_function("document.title === 'Lapland – Notes'")
        other = await second_page(server, page)
        await other.click(".cm-line >> nth=-1")
        await page.wait_for_selector(".cm-ySelectionCaret")
        await page.wait_for_function("document.getElementById('others').textContent.includes('1 more window')")
        await page.evaluate(PASTE)
        await other.wait_for_selector("img.cm-image")
        await other.wait_for_function("document.querySelector('img.cm-image').naturalWidth === 30")
        await other.close()
        await page.wait_for_selector(".cm-ySelectionCaret", state="detached")
        await page.click("#new")
        await page.wait_for_function("document.title === 'Untitled – Notes'")
        await page.fill("#search", "lapland")
        await page.wait_for_function("document.querySelectorAll('#list button').length === 1")
        await page.fill("#search", "nowhere")
        await page.wait_for_selector("#none:visible")
        await page.fill("#search", "")
        await page.wait_for_function("document.querySelectorAll('#list button').length === 2")
        await page.click("#list button:has-text('Lapland')")
        await page.wait_for_selector("img.cm-image")
        await page.click("#delete")
        await page.click("#toast button")
        await page.wait_for_function("document.title === 'Lapland – Notes'")


PASTE = """async () => {
  const canvas = new OffscreenCanvas(30, 20)
  canvas.getContext("2d").fillRect(0, 0, 30, 20)
  const data = new DataTransfer()
  data.items.add(new File([await canvas.convertToBlob({ type: "image/png" })], "a.png", { type: "image/png" }))
  const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
  document.querySelector(".cm-content").dispatchEvent(paste)
}"""


async def test_what_was_typed_while_the_runtime_was_dead_is_sent_to_the_next(account: Account) -> None:
    async def enter(page: Page) -> None:
        answer = await asyncio.to_thread(account.json, "open", "notes", "--no-window")
        await page.goto(answer["ticket_url"])

    async with browser_page() as page:
        await enter(page)
        await start_writing(page)
        await page.keyboard.type("kept ")
        await page.wait_for_function(SAVED)
        pid = account.record()["pid"]
        os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(until, lambda: not is_alive(pid))
        await page.wait_for_function("document.getElementById('status').textContent === 'Not connected'")
        await page.keyboard.type("and this too")
        await page.wait_for_function("document.getElementById('status').textContent.startsWith('Not saved')")
        await enter(page)
        await page.wait_for_selector(LOADED)
        await page.wait_for_function(f"{TEXT} === 'kept and this too'")
        await page.wait_for_function(SAVED)
        assert await page.evaluate("Object.keys(localStorage).length") == 0
