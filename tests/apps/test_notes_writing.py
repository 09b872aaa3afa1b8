# ruff: noqa: RUF001 - letters of other scripts are what search is tested with
"""Notes in a real browser: letters go into the note they are meant for; what is pasted, dropped and searched."""

from __future__ import annotations

import contextlib
import io
import sqlite3
import time
import zipfile
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from tests.support.apps import accessible, add_notes
from tests.support.browser import browser_page, visit
from tests.support.notes import IMAGE, PNG, do, packed, told_of, write
from tests.support.server import Server

SAVED = "document.getElementById('status').textContent === 'Saved'"
TEXT = "notes.view.state.doc.toString()"
# Hold back what the service tells, as a loaded machine does.
SLOW = """const Real = WebSocket; window.held = null
window.hold = () => { held = [] }
window.release = () => { const all = held; held = null; for (const call of all) call() }
window.WebSocket = class extends Real {
  set onmessage(listener) {
    super.onmessage = (event) => held === null ? listener(event) : held.push(() => listener(event))
  }
}"""
TAKE = """async ([kind, line, names, text]) => {
  const data = new DataTransfer()
  const canvas = new OffscreenCanvas(30, 20)
  canvas.getContext("2d").fillRect(0, 0, 30, 20)
  const png = await canvas.convertToBlob({ type: "image/png" })
  for (const name of names) {
    const image = name.endsWith(".png")
    data.items.add(image ? new File([png], name, { type: "image/png" }) : new File(["text of " + name], name))
  }
  if (text) data.setData("text/plain", text)
  const at = document.querySelectorAll(".cm-line")[line].getBoundingClientRect()
  const given = { bubbles: true, cancelable: true }
  const event = kind === "paste" ? new ClipboardEvent("paste", { ...given, clipboardData: data })
    : new DragEvent("drop", { ...given, dataTransfer: data, clientX: at.left + 1, clientY: at.top + at.height / 2 })
  document.querySelector(".cm-content").dispatchEvent(event)
}"""


async def new(page: Page, text: str) -> None:
    await page.keyboard.press("Alt+n")
    await page.keyboard.insert_text(text)
    await page.wait_for_function(f"document.title === '{text.partition(chr(10))[0]} – Notes'")
    await page.wait_for_function(SAVED)


async def titled(page: Page, *titles: str) -> None:
    await expect(page.locator("#list .title")).to_have_text(list(titles))


async def select(page: Page, first: int, last: int) -> None:
    await page.evaluate(
        "([anchor, head]) => notes.view.dispatch({ selection: { anchor, head } })", [first, last]
    )


async def test_what_is_typed_after_new_is_in_the_new_note(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    async with browser_page() as page:
        await page.add_init_script(SLOW)
        await visit(server, page, "notes", "notes")
        await page.wait_for_selector("#first")
        await new(page, "Old")
        await page.evaluate("hold()")
        await page.keyboard.press("Alt+n")
        await page.keyboard.type("by the keys")
        await page.click("#new")
        await page.keyboard.type("after a click on New")
        await page.evaluate("release()")
        await titled(page, "after a click on New", "by the keys", "Old")
        assert await page.evaluate(TEXT) == "after a click on New"
        await page.wait_for_function(SAVED)
        await page.reload()
        await titled(page, "after a click on New", "by the keys", "Old")
        await page.click("#list button:has-text('by the keys')")
        await page.wait_for_function(f"{TEXT} === 'by the keys'")


async def test_what_is_typed_while_a_note_loads_is_joined_with_its_text(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    async with browser_page() as page:
        await page.add_init_script(SLOW)
        await visit(server, page, "notes", "notes")
        await page.wait_for_selector("#first")
        await new(page, "One")
        await new(page, "Two")
        await page.evaluate("hold()")
        await page.click("#list button:has-text('One')")
        await page.keyboard.type("early ")
        # Also when the person is gone again before its text has come.
        await page.click("#list button:has-text('Two')")
        await page.keyboard.type("also ")
        await page.evaluate("release()")
        await page.wait_for_function(f"{TEXT} === 'also Two'")
        await page.keyboard.type("there ")
        await page.wait_for_function(f"{TEXT} === 'also there Two'")
        await page.wait_for_function(SAVED)
        await page.click("#list button:has-text('One')")
        await page.wait_for_function(f"{TEXT}.includes('One')")
        assert sorted(await page.evaluate(TEXT)) == sorted("early One")


async def test_a_note_made_without_a_connection_is_kept(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    async with browser_page() as page:
        await visit(server, page, "notes", "notes")
        await page.wait_for_selector("#first")
        await new(page, "Before")
        await page.evaluate("""() => { window.Real = window.WebSocket; window.WebSocket = class {
                static CONNECTING = 0
                readyState = 3
                constructor() { setTimeout(() => this.onclose({ code: 1006 }), 5) }
            } }""")
        await server.hub.stop(server.hub.services["notes", "notes"], "main")
        await page.wait_for_function("notes.service.status === 'reconnecting'")
        await page.keyboard.press("Alt+n")
        await page.keyboard.type("made alone")
        await page.get_by_text("Not saved yet").wait_for()
        assert await page.evaluate("narvi_holds()") != ""
        await page.evaluate("window.WebSocket = Real; dispatchEvent(new Event('narvi:retry'))")
        await page.wait_for_function(SAVED)
        await titled(page, "made alone", "Before")


async def test_half_a_surrogate_pair_does_not_stop_a_note(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    async with browser_page() as page:
        await visit(server, page, "notes", "notes")
        await page.wait_for_selector("#first")
        await new(page, "Halves\n")
        for half in ("\\ud83d", "\\ude00 \\ud83d", "\\ud83d\\ude00"):
            await page.evaluate(f"notes.view.dispatch(notes.view.state.replaceSelection('{half}\\n'))")
        await page.keyboard.type("later plums")
        await page.wait_for_function("notes.list._notes.get(notes.note.id).start.endsWith('later plums')")
        await page.fill("#search", "PLUMS 😀")
        await page.wait_for_function("notes.list._found?.size === 1")
        await page.evaluate("document.getElementById('search').value = '\\ud83d nowhere'; notes._search()")
        await page.get_by_text("No note holds these words.").wait_for()
        async with server.client.get(server.url("notes/notes/main/export.zip")) as response:
            archive = zipfile.ZipFile(io.BytesIO(await response.read()))
        assert archive.read("Halves.md").decode() == "Halves\n\ufffd\n\ufffd \ufffd\n😀\nlater plums"


async def test_search_knows_every_way_to_write_the_same(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    page = await server.page("notes/notes/main")
    german = await write(page, "Über den Öltank, ЗАМЕТКА, café, Straße")
    greek = await write(page, "ΟΔΟΣ, cafe\u0301, İstanbul, ﬁne, ＷＩＤＥ")
    for words, expected in [
        ("über ÖLTANK", {german}),
        ("заметка", {german}),
        ("CAFÉ", {german, greek}),
        ("cafe\u0301", {german, greek}),
        ("STRASSE", {german}),
        ("οδός".replace("ό", "ο"), {greek}),
        ("istanbul", {greek}),
        ("FINE wide", {greek}),
        ("nirgends", set()),
    ]:
        await do(page, "search", words=words)
        assert set((await told_of(page, "found"))["found"]) == expected, words


async def test_notes_of_an_earlier_version_are_found(server: Server, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "notes.sqlite", isolation_level=None)) as database:
        columns = "id text primary key, title text, text text, changed real, deleted real"
        database.execute(f"create table notes ({columns})")
        database.execute("create table images (name text primary key, type text, data blob)")
        database.execute("insert into notes values ('a', 'Ärger', 'Ärger 150', 1.0, null)")
    add_notes(server, tmp_path / "data")
    page = await server.page("notes/notes/main")
    await do(page, "search", words="ärger 150")
    assert (await told_of(page, "found"))["found"] == ["a"]


async def test_paste_and_drop(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    async with browser_page() as page:
        await visit(server, page, "notes", "notes")
        await page.wait_for_selector("#first")
        await new(page, "first\nsecond\n")

        async def take(kind: str, line: int, *names: str, text: str = "") -> None:
            await page.evaluate(TAKE, [kind, line, names, text])

        async def lines(*expected: str) -> None:
            await page.wait_for_function(
                "(expected) => notes.view.state.doc.toString()"
                    ".replace(/image\\/[0-9a-f]{32}/g, 'image/x') === expected",
                arg="\n".join(expected),
            )

        # A picture beside the text, as office programs put it: the text.
        await page.keyboard.press("Control+End")
        await take("paste", 0, "cells.png", text="a\tb")
        await lines("first", "second", "a\tb")
        await select(page, 0, 12)
        await take("drop", 2, "one.png", "two.png")
        await lines("first", "second", "![](image/x.png)", "![](image/x.png)", "a\tb")
        selection = "[notes.view.state.selection.main.from, notes.view.state.selection.main.to]"
        assert await page.evaluate(selection) == [0, 12]
        # What was dropped stays unselected, so that the next one does not replace it.
        await take("drop", 1, "plan.md")
        await lines("first", "text of plan.mdsecond", "![](image/x.png)", "![](image/x.png)", "a\tb")
        await select(page, 0, 0)
        await take("drop", 0, "list.txt")
        await take("paste", 0, "three.png")
        await lines(
            "text of list.txt![](image/x.png)", "first", "text of plan.mdsecond",
            "![](image/x.png)", "![](image/x.png)", "a\tb",
        )  # fmt: skip


def age(data: Path, statement: str) -> None:
    """Let a month pass."""
    with contextlib.closing(sqlite3.connect(data / "notes.sqlite", isolation_level=None)) as database:
        database.execute(statement, (time.time() - 31 * 86400,))


def rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(data / "notes.sqlite")) as database:
        return database.execute(query).fetchall()


async def test_deleted_notes_come_back_and_go_with_their_images_after_a_month(server: Server, tmp_path: Path) -> None:
    data = tmp_path / "data"

    async def restart(server: Server) -> None:
        await server.hub.stop(server.hub.services["notes", "notes"], "main")
        await (await server.page("notes/notes/main")).text()

    add_notes(server, data)
    async with browser_page() as page:
        await visit(server, page, "notes", "notes")
        await page.wait_for_selector("#first")
        socket = await server.page("notes/notes/main")
        await socket.socket.send_bytes(packed(IMAGE, "0" * 32, 1, PNG))
        image = (await told_of(socket, "image"))["image"]
        await new(page, f"Kept\n![](image/{image})")
        await new(page, "Other")
        await page.click("#list button:has-text('Kept')")
        await page.wait_for_function("document.title === 'Kept – Notes'")
        await page.click("#delete")
        await titled(page, "Other")
        async with server.client.get(server.url("notes/notes/main/export.zip")) as response:
            assert zipfile.ZipFile(io.BytesIO(await response.read())).namelist() == ["Other.md"]
        await page.reload()
        await titled(page, "Other")
        await page.get_by_role("button", name="Recently deleted").click()
        await page.get_by_role("button", name="Kept").wait_for()
        await accessible(page)
        await page.get_by_role("button", name="Kept").click()
        await page.wait_for_function("document.title === 'Kept – Notes'")
        await titled(page, "Other", "Kept")
        await restart(server)
        assert rows(data, "select unseen from images") == [(None,)]
        await page.wait_for_function(SAVED)
        await page.click("#delete")
        await titled(page, "Other")
        await restart(server)
        assert rows(data, "select unseen from images") == [(None,)]  # it may come back yet
        age(data, "update notes set deleted = ? where deleted is not null")
        await restart(server)
        assert [row is not None for (row,) in rows(data, "select unseen from images")] == [True]
        age(data, "update images set unseen = ?")
        await restart(server)
        assert rows(data, "select count(*) from images") == [(0,)]
        assert rows(data, "select count(*) from notes") == [(1,)]
        await page.get_by_role("button", name="Recently deleted").click()
        await page.get_by_text("Nothing was deleted in the last 30 days.").wait_for()
