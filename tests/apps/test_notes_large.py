"""Notes that are larger than a message may be: they travel in parts, and what cannot be kept is refused once."""

from __future__ import annotations

import contextlib
import io
import sqlite3
import struct
import zipfile
from pathlib import Path

from playwright.async_api import Page as Browser

from tests.support.apps import add_notes
from tests.support.browser import browser_page, visit
from tests.support.notes import IMAGE, PART, PNG, UPDATE, do, keep, new_note, packed, told_of, updates, write
from tests.support.server import Server

SAVED = "document.getElementById('status').textContent === 'Saved'"
CLOSES = """const Real = WebSocket; window.closes = []
window.WebSocket = class extends Real {
  constructor(...given) { super(...given); this.addEventListener("close", ({ code }) => closes.push(code)) }
}"""
# The last is small in the editor, and large as JSON.
LARGE = ['("x".repeat(99) + "\\n").repeat(170000)', '(\'"\'.repeat(99) + "\\n").repeat(88000)', '"ä漢".repeat(4000000)']


def stored(data: Path, query: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(f"file:{data / 'notes.sqlite'}?mode=ro", uri=True)) as database:
        return database.execute(query).fetchall()


async def new(page: Browser, text: str) -> None:
    await page.click("#new")
    await page.keyboard.type(text)
    await page.wait_for_function(f"document.title === '{text} – Notes'")
    await page.wait_for_function(SAVED)


async def test_large_notes_are_kept_and_no_other_note_is_affected(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    async with browser_page() as page:
        page.set_default_timeout(60_000)
        await page.add_init_script(CLOSES)
        await visit(server, page, "notes", "notes")
        for number, text in enumerate(LARGE):
            await new(page, f"Large {number}")
            await page.evaluate(f"notes.view.dispatch(notes.view.state.replaceSelection('\\n' + {text}))")
            assert await page.evaluate("narvi_holds()") != ""
            await page.wait_for_function(SAVED)
            assert await page.evaluate("narvi_holds()") == ""
        await new(page, "Small")
        await page.fill("#search", "small")
        await page.wait_for_function("document.querySelectorAll('#list button').length === 1")
        assert await page.evaluate("closes") == []
        # Another window gets each of them, also the newest, by itself.
        other = await page.context.new_page()
        other.set_default_timeout(60_000)
        await other.add_init_script(CLOSES)
        await visit(server, other, "notes", "notes")
        for number, text in enumerate(LARGE):
            await other.click(f"#list button:has-text('Large {number}')")
            expected = f"'Large {number}\\n'.length + {text}.length"
            await other.wait_for_function(f"notes.joined && notes.view.state.doc.length === {expected}")
        await new(other, "Made beside them")
        assert await other.evaluate("closes") == []


async def test_a_paste_too_large_for_a_note_is_refused_and_said(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    async with browser_page() as page:
        await visit(server, page, "notes", "notes")
        await new(page, "Small")
        await page.evaluate("""() => {
                const data = new DataTransfer()
                data.setData("text/plain", "x".repeat(20_000_001))
                const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
                document.querySelector(".cm-content").dispatchEvent(paste)
            }""")
        await page.get_by_text("at most 20 million characters").wait_for()
        assert await page.evaluate("notes.view.state.doc.toString()") == "Small"
        await page.keyboard.type(" goes on")
        await page.wait_for_function("document.title === 'Small goes on – Notes'")
        await page.wait_for_function(SAVED)


async def test_a_refused_change_is_said_and_not_sent_again(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    async with browser_page() as page:
        page.set_default_timeout(60_000)
        await visit(server, page, "notes", "notes")
        await new(page, "Small")
        await page.evaluate("notes.pending.add(notes.note.id, new Uint8Array(97 * 1024 * 1024))")
        await page.get_by_text("Too large to be saved").wait_for()
        assert await page.evaluate("[notes.pending.size, narvi_holds() !== '']") == [0, True]
        await page.click("#new")
        await page.keyboard.type("Another")
        await page.wait_for_function("document.title === 'Another – Notes'")
        await page.wait_for_function("notes.pending.size === 0")


async def test_parts_are_joined_and_too_many_of_them_refused(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    page = await server.page("notes/notes/main")
    note = await new_note(page)

    async def part(number: int, index: int, count: int, payload: bytes) -> None:
        head = struct.pack("!BII", UPDATE, index, count)
        await page.socket.send_bytes(packed(PART, note, number, head + payload))

    half = bytes(1024 * 1024)
    await part(1, 0, 97, half)
    assert await told_of(page, "refused") == {"refused": 1, "note": note}
    await part(1, 1, 97, half)
    await part(2, 1, 2, b"without its first")
    await page.socket.send_bytes(packed(PART, note, 3, b"short"))
    await part(4, 0, 2, half)
    await part(4, 1, 2, b"end")
    assert await told_of(page, "saved") == {"saved": 4, "note": note}
    assert stored(tmp_path / "data", "select length(data) from updates") == [(len(half) + 3,)]


async def test_an_update_that_comes_again_is_kept_once(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    page = await server.page("notes/notes/main")
    note, second = await new_note(page), await new_note(page)
    for number in (1, 1, 2):
        await keep(page, note, number, b"the same")
        assert (await told_of(page, "saved"))["saved"] == number
    await page.socket.close()
    again = await server.page("notes/notes/main")
    await keep(again, note, 1, b"the same")
    await keep(again, second, 1, b"the same")
    await told_of(again, "saved")
    assert await updates(again, note) == [b"the same"]
    assert await updates(again, second) == [b"the same"]


async def test_the_export_is_made_in_parts_below_the_limit_of_an_answer(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    page = await server.page("notes/notes/main")
    note = await new_note(page)
    names = []
    for number in range(5):
        await page.socket.send_bytes(packed(IMAGE, note, number, PNG + bytes(14 * 1024 * 1024)))
        names.append((await told_of(page, "image"))["image"])
    await write(page, "".join(f"![](image/{name})\n" for name in names))
    status, text, _ = await server.get("notes/notes/main/export.zip")
    assert status == 413 and "export.zip?part=2" in text
    await do(page, "export")
    assert await told_of(page, "export") == {"export": 2}
    found: list[str] = []
    for part in (1, 2):
        async with server.client.get(server.url(f"notes/notes/main/export.zip?part={part}")) as response:
            assert response.status == 200
            found += zipfile.ZipFile(io.BytesIO(await response.read())).namelist()
    assert len([name for name in found if name.endswith(".md")]) == 2
    assert sorted(name for name in found if name.startswith("image/")) == sorted(f"image/{name}" for name in names)
    for unknown in ("0", "3", "x", ""):
        assert (await server.get(f"notes/notes/main/export.zip?part={unknown}"))[0] == 413
    async with browser_page() as browser:
        await visit(server, browser, "notes", "notes")
        await new(browser, "All of them")
        # What the page has written, not only told.
        text = "".join(f"\n![](image/{name})" for name in names)
        await browser.evaluate("(text) => notes.view.dispatch(notes.view.state.replaceSelection(text))", text)
        await browser.wait_for_function("notes.list._notes.get(notes.note.id).start.includes('image/')")
        await browser.click("#export")
        async with browser.expect_download() as download:
            await browser.get_by_role("button", name="Part 2 of 2").click()
        assert (await download.value).suggested_filename == "notes 2 of 2.zip"
