"""boards in Chromium: the chooser, cards by mouse and keys, files, and cards that go to another board."""

from __future__ import annotations

import io
import json
import os
import signal
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Page, expect

from tests.support.apps import accessible
from tests.support.boards import add_boards, add_cards, card, choose, make_board, send, until_shown
from tests.support.browser import browser_page
from tests.support.server import Server

ODD = 'a "b"; ü 漢 50%/c.txt'


async def test_boards_are_made_renamed_deleted_and_brought_back(server: Server, tmp_path: Path) -> None:
    add_boards(server, tmp_path)
    async with browser_page() as page:
        await choose(server, page)
        await page.get_by_text("No boards yet.").wait_for()
        await accessible(page)
        board = await make_board(server, page, "Haus & Höfe 漢字")
        assert board.startswith("haus-hofe-")
        await add_cards(page, "one")
        await page.get_by_role("link", name="All boards").first.click()
        await page.get_by_text("1 open").wait_for()
        await page.get_by_role("button", name="More for Haus & Höfe 漢字").click()
        await page.get_by_role("menuitem", name="Rename…").click()
        await page.get_by_label("Name", exact=True).fill("Garden")
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="More for Garden").click()
        await accessible(page)
        await page.get_by_role("menuitem", name="Delete").click()
        await page.get_by_text("No boards yet.").wait_for()
        await page.get_by_role("button", name="Undo").click()
        await page.get_by_role("link", name="Garden").click()
        await until_shown(page, ["one"], [], [])


async def test_windows_of_one_board_see_each_other_and_it_survives_its_worker(server: Server, tmp_path: Path) -> None:
    add_boards(server, tmp_path)
    async with browser_page() as page:
        board = await make_board(server, page, "Work")
        other = await page.context.new_page()
        await other.goto(page.url)
        await add_cards(page, "a", "b", "c")
        await until_shown(other, ["a", "b", "c"], [], [])
        # By keys: within a lane and to the next, and the focus goes along.
        await card(other, "c").focus()
        await other.keyboard.press("Alt+ArrowUp")
        await until_shown(page, ["a", "c", "b"], [], [])
        await other.keyboard.press("Alt+ArrowRight")
        await until_shown(page, ["a", "b"], ["c"], [])
        assert await other.evaluate("document.activeElement.textContent.startsWith('c')")
        assert await other.locator("#said").inner_text() == "Doing, 1 of 1"
        # By mouse.
        await page.bring_to_front()
        await card(page, "a").drag_to(page.locator("ul[data-lane='2']"))
        await until_shown(other, ["b"], ["c"], ["a"])
        await card(page, "a").drag_to(card(page, "c"), target_position={"x": 20, "y": 2})
        await until_shown(other, ["b"], ["a", "c"], [])
        for instance in list(server.hub.instances):
            if instance.service_id == board and instance.pid is not None:
                os.kill(instance.pid, signal.SIGKILL)
        await add_cards(page, "after")
        await until_shown(other, ["b", "after"], ["a", "c"], [])
        await page.reload()
        await until_shown(page, ["b", "after"], ["a", "c"], [])


async def test_edit_delete_and_undo(server: Server, tmp_path: Path) -> None:
    add_boards(server, tmp_path)
    async with browser_page() as page:
        await make_board(server, page, "Work")
        await add_cards(page, "first", "second")
        await card(page, "first").focus()
        await page.keyboard.press("Enter")
        await page.keyboard.type("<b>changed</b>")
        await page.keyboard.press("Enter")
        await until_shown(page, ["<b>changed</b>", "second"], [], [])
        await page.keyboard.press("Enter")
        await page.keyboard.type("not this")
        await page.keyboard.press("Escape")
        await until_shown(page, ["<b>changed</b>", "second"], [], [])
        await page.keyboard.press("Delete")
        await until_shown(page, ["second"], [], [])
        assert await page.evaluate("document.activeElement.textContent.startsWith('second')")
        await page.get_by_role("button", name="Undo").click()
        await until_shown(page, ["<b>changed</b>", "second"], [], [])
        await page.reload()
        await until_shown(page, ["<b>changed</b>", "second"], [], [])


async def test_a_card_with_its_file_goes_to_an_open_board_at_once_and_to_a_closed_one(
    server: Server, tmp_path: Path
) -> None:
    add_boards(server, tmp_path)
    async with browser_page() as page:
        await make_board(server, page, "Home")
        other = await page.context.new_page()
        closed = await page.context.new_page()
        await make_board(server, other, "Work")
        target = await make_board(server, closed, "Closed")
        url = closed.url
        await closed.close()
        await server.hub.stop(server.hub.services["boards", "board"], target)
        await add_cards(page, "bring this", "and this")
        content = bytes(range(256)) * 40
        await attach(page, "bring this", ODD.replace("/", "-"), content)
        await send(page, "bring this", "Work")
        await until_shown(other, ["bring this"], [], [])
        await until_shown(page, ["and this"], [], [])
        await other.bring_to_front()
        async with other.expect_download() as download:
            await card(other, "bring this").get_by_role("link").click()
        assert Path(await (await download.value).path()).read_bytes() == content
        await send(page, "and this", "Closed")
        late = await page.context.new_page()
        await late.goto(url)
        await until_shown(late, ["and this"], [], [])


async def attach(page: Page, text: str, name: str, content: bytes) -> None:
    await page.bring_to_front()
    await card(page, text).get_by_role("button", name="More for").click()
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("menuitem", name="Attach a file…").click()
    await (await chooser.value).set_files({"name": name, "mimeType": "text/html", "buffer": content})
    await card(page, text).get_by_role("link", name=name).wait_for()


async def test_files_belong_to_the_session_and_never_run(server: Server, tmp_path: Path) -> None:
    add_boards(server, tmp_path)
    async with browser_page() as page:
        await make_board(server, page, "Work")
        await add_cards(page, "one")
        await attach(page, "one", "page.html", b"<script>document.title = 'evil'</script>")
        await accessible(page)
        path = await page.locator(".files a").get_attribute("href")
        assert path is not None and path.startswith("session/")
        base = page.url.replace(server.sites.of_workspace("boards").origin + "/narvi/", "").rpartition("/")[0]
        status, text, response = await server.get(f"{base}/{path}")
        assert status == 200 and response.content_type == "application/octet-stream" and "evil" in text
        assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''page.html"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        before = path
        await page.reload()
        await expect(page.locator(".files a")).to_have_count(1)
        assert (await server.get(f"{base}/{before}"))[0] == 404  # that session is over
        await page.get_by_role("button", name="Remove page.html").click()
        await expect(page.locator(".files a")).to_have_count(0)


async def test_odd_names_and_large_files(server: Server, tmp_path: Path) -> None:
    add_boards(server, tmp_path)
    async with browser_page() as page:
        board = await make_board(server, page, "Work")
        await add_cards(page, "one")
        socket = await server.page(f"boards/boards/{board}")
        message = json.loads(await socket.text())
        url = server.url(f"boards/boards/{board}/{message['attach'].replace('$card', message['cards'][0]['id'])}")
        async with server.client.post(url, params={"name": ODD}, data=b"content") as response:
            assert response.status == 204
        named = json.loads(await socket.text())["cards"][0]["files"][0]
        assert named["name"] == ODD
        large = io.BytesIO(bytes(25 * 1024 * 1024 + 1))
        async with server.client.post(url, params={"name": "x"}, data=large) as response:
            assert (response.status, await response.text()) == (413, "A file may have at most 25 MB.")
        file = message["files"].replace("$file", named["id"])
        async with server.client.get(server.url(f"boards/boards/{board}/{file}")) as response:
            assert await response.read() == b"content"
            disposition = aiohttp.multipart.parse_content_disposition(response.headers["Content-Disposition"])
            assert disposition[1]["filename*"] == ODD
        await card(page, "one").get_by_role("link", name=ODD).wait_for()
        await socket.socket.close()


async def test_twice_the_same_and_nonsense_do_no_harm(server: Server, tmp_path: Path) -> None:
    add_boards(server, tmp_path)
    async with browser_page() as page:
        board = await make_board(server, page, "Work")
        socket = await server.page(f"boards/boards/{board}")
        await socket.text()
        add = {"do": "add", "card": "0" * 36, "lane": 1, "text": "once", "number": 1}
        odd = ({"card": "../x"}, {"do": "sudo"}, {"lane": "x", "card": "f" * 36})
        for message in (add, add, *({**add, **change} for change in odd)):
            await socket.socket.send_str(json.dumps(message))
        for text in ("[]", "nonsense", "{}", '{"do": "move", "card": "%s"}' % ("1" * 36)):
            await socket.socket.send_str(text)
        await add_cards(page, "still there")
        await until_shown(page, ["once", "still there"], ["once"], [])
        await socket.socket.close()


async def test_what_was_added_without_a_connection_arrives_once(server: Server, tmp_path: Path) -> None:
    add_boards(server, tmp_path)
    async with browser_page() as page:
        board = await make_board(server, page, "Work")
        await page.evaluate("""() => { window.WebSocket = class {
                static CONNECTING = 0
                readyState = 3
                constructor() { setTimeout(() => this.onclose({ code: 1006 }), 5) }
            } }""")
        await server.hub.stop(server.hub.services["boards", "board"], board)
        await page.get_by_text("Reconnecting…").wait_for()
        await add_cards(page, "offline one", "offline two")
        await page.get_by_text("Saving…").wait_for()
        await page.evaluate("""() => { const frame = document.createElement("iframe"); document.body.append(frame)
                window.WebSocket = frame.contentWindow.WebSocket; dispatchEvent(new Event("narvi:retry")) }""")
        await page.get_by_text("Saved").wait_for()
        other = await page.context.new_page()
        await other.goto(page.url)
        await until_shown(other, ["offline one", "offline two"], [], [])


@pytest.mark.parametrize("width", [320, 800])
async def test_a_narrow_window_and_long_words_fit(server: Server, tmp_path: Path, width: int) -> None:
    add_boards(server, tmp_path)
    async with browser_page() as page:
        await page.set_viewport_size({"width": width, "height": 700})
        await make_board(server, page, "W" * 90)
        await add_cards(page, "m" * 300)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await accessible(page)


async def test_a_board_that_is_not_there_says_so(server: Server, tmp_path: Path) -> None:
    add_boards(server, tmp_path)
    async with browser_page() as page:
        await page.goto(server.sites.issue_ticket("boards", "boards", "never-made", 60))
        await page.get_by_text("There is no such board.").wait_for()
        await accessible(page)
        await page.get_by_role("link", name="All boards").last.click()
        await page.get_by_label("Name of the new board").wait_for()
