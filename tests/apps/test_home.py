"""Home in Chromium, with a real runtime behind it."""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from tests.support.account import APP, Account, make_app
from tests.support.apps import accessible
from tests.support.browser import browser_page

OpenHome = Callable[[], Coroutine[Any, Any, Page]]


@pytest.fixture
async def open_home(account: Account) -> AsyncIterator[OpenHome]:
    """Opens home's page, whose windows fall back to an address: there is no display."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        account.environment.pop(name, None)
    async with browser_page() as page:

        async def open_page() -> Page:
            await page.goto(account.json("open", "desktop/home", "--in", "print")["ticket_url"])
            return page

        yield open_page


def installed(account: Account, name: str, **changes: str) -> Path:
    """An app in the folder of installed apps, as a copy by hand would be."""
    folder = make_app(account.home / "data/narvi-desktop/apps" / name)
    text = APP.replace('workspace = "mine"', f'workspace = "{name}"')
    for old, new in changes.items():
        text = text.replace(old, new)
    (folder / "narvi.toml").write_text(text)
    return folder


def card(page: Page, title: str) -> Any:
    return page.locator(".card").filter(has=page.locator(".title", has_text=re.compile(f"^{re.escape(title)}$")))


async def test_first_start_a_sentence_and_cards_without_their_helpers(open_home: OpenHome) -> None:
    page = await open_home()
    await page.get_by_text("These apps run on this computer. Choose one to open it.").wait_for()
    titles = await page.locator(".title").all_inner_texts()
    assert {"Hello", "Machine", "Notes"} <= set(titles) and "Home" not in titles and "Monitor" not in titles
    await expect(page.locator(".card img").first).to_have_js_property("complete", True)
    assert await page.locator(".card img").first.evaluate("image => image.naturalWidth") == 256
    await accessible(page)


async def test_open_where_no_window_can_be_and_stop(open_home: OpenHome, account: Account) -> None:
    page = await open_home()
    hello = card(page, "Hello")
    await hello.locator(".open").click()
    await hello.get_by_text("there is no display").wait_for()
    async with page.context.expect_page() as opened:
        await hello.get_by_role("link", name="Open it in this browser").click()
    other = await opened.value
    await other.get_by_role("button", name="Say hello").wait_for()
    await hello.get_by_text("● running · 1 session").wait_for()
    await page.bring_to_front()  # a page behind another is drawn seldom, and clicks wait for it
    await hello.get_by_role("button", name="More for Hello").click()
    await hello.get_by_role("menuitem", name="Stop").click()
    await hello.locator(".state:text-is('')").wait_for(state="attached")
    # The page that is still there waits, and does not start it again.
    await other.get_by_text("This app was stopped.").wait_for()
    assert account.json("status")["admin"]["hello"]["hello"]["instances"] == {}
    await other.bring_to_front()
    await other.get_by_role("button", name="Try now").click()
    await hello.get_by_text("● running · 1 session").wait_for()


async def test_used_last_comes_first_at_the_next_look(open_home: OpenHome, account: Account) -> None:
    account.json("open", "machine", "--no-window")
    account.json("open", "notes", "--no-window")

    page = await open_home()
    await card(page, "Hello").wait_for()
    assert (await page.locator(".title").all_inner_texts())[:2] == ["Notes", "Machine"]
    assert await page.get_by_text("Choose one to open it").is_hidden()
    account.json("open", "hello", "--no-window")
    await card(page, "Hello").get_by_text("idle").wait_for()
    # Nothing moves under a person's hand.
    assert (await page.locator(".title").all_inner_texts())[:2] == ["Notes", "Machine"]
    await page.reload()
    await card(page, "Hello").wait_for()
    assert (await page.locator(".title").all_inner_texts())[:2] == ["Hello", "Notes"]


async def test_search_by_keys(open_home: OpenHome) -> None:
    page = await open_home()
    await card(page, "Hello").wait_for()
    await page.keyboard.type("mark not")
    await expect(page.locator(".card:visible")).to_have_count(1)
    await page.get_by_label("Search apps").fill("nothing like it")
    await page.get_by_text("No app is called “nothing like it”.").wait_for()
    await page.get_by_label("Search apps").fill("")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    focused = await page.evaluate("document.activeElement.querySelector('.title').textContent")
    assert focused == (await page.locator(".title").all_inner_texts())[1]


async def test_a_broken_manifest_shows_and_goes_when_mended(open_home: OpenHome, account: Account) -> None:
    folder = installed(account, "mine", title="tilte")

    page = await open_home()
    broken = card(page, "mine")
    await broken.get_by_text(f"{folder}/narvi.toml: apps.mine.tilte").wait_for()
    await accessible(page)
    await broken.get_by_role("button", name="Try again").wait_for()
    (folder / "narvi.toml").write_text(APP)
    await card(page, "Mine").wait_for()
    await expect(card(page, "mine")).to_have_count(0)


async def test_a_failed_start_shows_with_its_log(open_home: OpenHome, account: Account) -> None:
    folder = installed(account, "mine")
    good = (folder / "service.py").read_text()
    (folder / "service.py").write_text("class Mine:\n    def __init__(self, services): raise OSError('no <paper>')\n")

    page = await open_home()
    mine = card(page, "Mine")
    await mine.locator(".open").click()
    await mine.get_by_text("It could not start: OSError: no <paper>").wait_for()
    await mine.get_by_role("button", name="Log").click()
    await page.get_by_role("dialog").get_by_text("Traceback").wait_for()
    await accessible(page)
    await page.keyboard.press("Escape")
    (folder / "service.py").write_text(good)
    await mine.get_by_role("button", name="Try again").click()
    await mine.get_by_role("link", name="Open it in this browser").wait_for()
    await expect(mine.get_by_text("It could not start")).to_have_count(0)  # the next look at the cards takes it


async def test_add_a_zip_then_replace_it_then_remove_it(open_home: OpenHome, account: Account) -> None:
    folder = make_app(account.home / "given")
    file = account.home / "mine.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder))

    page = await open_home()
    await card(page, "Hello").wait_for()
    await page.locator("#zip").set_input_files(file)
    await card(page, "Mine").wait_for()
    assert (account.home / "data/narvi-desktop/apps/mine/service.py").exists()
    await page.locator("#zip").set_input_files(file)
    await page.get_by_role("dialog").get_by_role("button", name="Replace").click()
    await page.get_by_role("dialog").wait_for(state="hidden")
    await card(page, "Mine").get_by_role("button", name="More for Mine").click()
    await page.get_by_role("menuitem", name="Remove…").click()
    await page.get_by_role("button", name="Remove", exact=True).click()
    await card(page, "Mine").wait_for(state="detached")
    assert not (account.home / "data/narvi-desktop/apps/mine").exists()
    uploads = account.home / "data/narvi-desktop/data/desktop/uploads"
    assert list(uploads.iterdir()) == []


async def test_add_a_folder_that_is_dropped_and_one_that_is_no_app(open_home: OpenHome, account: Account) -> None:
    folder = make_app(account.home / "given")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "service.pyc").write_bytes(b"x")
    other = account.home / "pictures"
    other.mkdir()
    (other / "one.txt").write_text("x")

    page = await open_home()
    await card(page, "Hello").wait_for()
    session = await page.context.new_cdp_session(page)
    box = await page.locator("#cards").bounding_box()
    assert box is not None
    for given in (other, folder):
        data = {"items": [], "files": [str(given)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            await session.send(
                "Input.dispatchDragEvent", {"type": kind, "x": box["x"] + 5, "y": box["y"] + 5, "data": data}
            )
        if given is other:
            await page.get_by_role("dialog").get_by_text("an app folder holds a narvi.toml").wait_for()
            await page.keyboard.press("Escape")
    await card(page, "Mine").wait_for()
    apps = account.home / "data/narvi-desktop/apps/mine"
    assert sorted(os.listdir(apps)) == ["narvi.toml", "service.py", "web"]


async def test_an_app_with_ids_asks_which_one(open_home: OpenHome, account: Account) -> None:
    installed(account, "mine", **{'service_id = "main"\n': ""})

    page = await open_home()
    await card(page, "Mine").locator(".open").click()
    await page.get_by_label("Which one?").fill("first")
    await page.keyboard.press("Enter")
    await card(page, "Mine").get_by_role("link", name="Open it in this browser").wait_for()
    assert "first" in account.json("status")["admin"]["mine"]["mine"]["instances"]
    await card(page, "Mine").locator(".open").click()
    assert await page.get_by_label("Which one?").input_value() == "first"


async def test_an_app_opened_by_path_is_shown_and_taken_off(open_home: OpenHome, account: Account) -> None:
    folder = make_app(account.home / "given")
    account.json("open", str(folder), "--no-window")

    page = await open_home()
    await card(page, "Mine").get_by_role("button", name="More for Mine").click()
    await page.get_by_role("menuitem", name="Take off this list").click()
    await card(page, "Mine").wait_for(state="detached")
    assert folder.exists()


async def test_no_apps_at_all(open_home: OpenHome) -> None:
    page = await open_home()
    def without_apps(message: str | bytes) -> str | bytes:
        shown = json.loads(message)
        return json.dumps({**shown, "apps": []}) if shown["action"] == "apps" else message

    async def between(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda message: socket.send(without_apps(message)))

    await page.route_web_socket(re.compile("/connect"), between)
    await page.reload()
    await page.get_by_text("No apps yet. Add one with the button above, or drop its folder here.").wait_for()
    await accessible(page)


async def test_two_hundred_apps(open_home: OpenHome, account: Account) -> None:
    for number in range(200):
        folder = installed(account, f"app{number}", **{'"Mine"': f'"App {number} with a long name that goes on"'})
        (folder / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")

    page = await open_home()
    await expect(page.locator(".card")).to_have_count(404)
    for width in (320, 900):
        await page.set_viewport_size({"width": width, "height": 700})
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.get_by_label("Search apps").fill("app 77 ")
    await expect(page.locator(".card:visible")).to_have_count(2)  # 77 and 177


async def test_the_launcher_by_its_button(open_home: OpenHome, account: Account) -> None:
    page = await open_home()
    await page.get_by_role("button", name="Put it there").click()
    await page.get_by_role("dialog").get_by_text("narvi-desktop is in your menu (").wait_for()
    assert (account.home / "data/applications/narvi-desktop.desktop").exists()
    await page.keyboard.press("Escape")
    await page.get_by_text("narvi-desktop is in your menu.", exact=True).wait_for()


async def test_an_upload_may_not_leave_its_folder(open_home: OpenHome, account: Account) -> None:
    page = await open_home()
    # The page tells nobody its session; its own upload does.
    async with page.expect_request(re.compile("/file")) as sent:
        await page.locator("#zip").set_input_files({"name": "x.zip", "mimeType": "", "buffer": b"x"})
    url = (await sent.value).url.partition("?")[0]
    for path in ("../out", "/etc/out", "a/../../out", ""):
        send = "fetch(`${url}?path=${encodeURIComponent(path)}`, {method: 'POST', body: 'x'})"
        assert await page.evaluate(f"async ([url, path]) => (await {send}).status", [url, path]) == 400
    assert not list(account.home.rglob("out"))
