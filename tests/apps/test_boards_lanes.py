"""Lanes in Chromium take what is dropped anywhere in them; and boards write only to instances that run."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from tests.support.boards import add_boards, add_cards, card, choose, make_board, send, until_shown
from tests.support.browser import browser_page
from tests.support.server import Server

DROP = """async ([selector, names]) => {
  const data = new DataTransfer()
  for (const name of names) data.items.add(new File(["content of " + name], name))
  const element = document.querySelector(selector)
  const box = element.getBoundingClientRect()
  const given = { bubbles: true, cancelable: true, dataTransfer: data, clientX: box.left + 5, clientY: box.bottom - 5 }
  const taken = !element.dispatchEvent(new DragEvent("dragover", given))
  element.dispatchEvent(new DragEvent("drop", given))
  return taken
}"""


async def test_a_lane_takes_cards_and_files_on_its_whole_height(server: Server, tmp_path: Path) -> None:
    add_boards(server, tmp_path)
    async with browser_page() as page:
        await make_board(server, page, "Work")
        await add_cards(page, "one", "two")
        lanes = page.locator("#lanes section")
        box = await lanes.nth(1).bounding_box()
        assert box is not None and box["height"] > 400
        # Into the middle of an empty lane, and far below the only card of one.
        await card(page, "one").drag_to(lanes.nth(1))
        await until_shown(page, ["two"], ["one"], [])
        await card(page, "two").drag_to(lanes.nth(1), target_position={"x": 30, "y": box["height"] - 10})
        await until_shown(page, [], ["one", "two"], [])
        # Files beside the cards become cards, and on a card they are attached to it.
        assert await page.evaluate(DROP, ["#lanes section:nth-child(3)", ["a.txt", "b.txt"]])
        await until_shown(page, [], ["one", "two"], ["a.txt", "b.txt"])
        await expect(card(page, "b.txt").get_by_role("link", name="b.txt")).to_be_visible()
        assert await page.evaluate(DROP, [".card", ["c.txt"]])
        await expect(card(page, "one").get_by_role("link", name="c.txt")).to_be_visible()
        await page.reload()
        await until_shown(page, [], ["one", "two"], ["a.txt", "b.txt"])
        await expect(page.locator(".files a")).to_have_count(3)


async def test_only_instances_that_run_are_sent_messages(server: Server, tmp_path: Path) -> None:
    add_boards(server, tmp_path)
    async with browser_page() as page:
        first = await make_board(server, page, "First")
        second = await make_board(server, page, "Second")
        await server.hub.stop(server.hub.services["boards", "board"], first)
        await choose(server, page)
        await make_board(server, page, "Third")
        await server.hub.stop(server.hub.services["boards", "directory"], "main")
        await add_cards(page, "nobody lists it")
        await send(page, "nobody lists it", "First")
        other = await page.context.new_page()
        await other.goto(page.url.replace(page.url.split("/")[-2], second))
        await other.get_by_role("heading", name="Second").wait_for()
        await add_cards(page, "to one that runs")
        await send(page, "to one that runs", "Second")
        await until_shown(other, ["to one that runs"], [], [])
        sent = server.hub.message_log.since(0)
        assert sent and [entry for entry in sent if not entry["found"]] == []
