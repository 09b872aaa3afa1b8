"""A Telesto-like program in Chromium: unchanged on the embedding API, and its services as an app folder."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Page, expect

from narvi_desktop.server.registry import Service
from narvi_desktop.server.resources import Roots
from tests.support.browser import browser_page
from tests.support.programs import free_port
from tests.support.server import Server
from tests.support.waiting import PATIENCE

TELESTO = Path(__file__).parent / "telesto"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]


def chromium() -> str:
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    path = next((name for name in found if name), None)
    assert path, "these tests need chromium; ./scripts/test installs it"
    return path


@pytest.fixture
def origin() -> Iterator[str]:
    """The program, started as Narvi's user would with the prefix of the compat module."""
    port = free_port()
    program_file, web = str(TELESTO / "program.py"), str(TELESTO / "web")
    command = [sys.executable, "-m", "narvi_desktop.compat", program_file, str(port), web]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    with program.stdout as output:
        assert output.readline() == "ready\n"
        yield f"http://localhost:{port}"
        program.terminate()
        output.read()
    program.wait(PATIENCE)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with browser_page() as page:
        yield page


async def check_designer(page: Page, name: str, colour: str, zip_name: str) -> None:
    """Text, binary messages by the engine, a file before a pattern, a zip to download."""
    await expect(page.locator("#bytes")).to_have_text("abab")
    await expect(page.locator("#text")).to_have_text(json.dumps({"echo": f"hello {colour}", "name": name}))
    assert await page.evaluate("getComputedStyle(document.body).color") == "rgb(1, 2, 3)"
    async with page.expect_download() as download:
        await page.locator("#zip").click()
    content = Path(await (await download.value).path()).read_bytes()
    assert (await download.value).suggested_filename == "topology.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert json.loads(archive.read("topology.json")) == {"id": zip_name}


async def test_program_unchanged_redirects_dicts_and_a_post_without_origin(origin: str, page: Page) -> None:
    await page.goto(f"{origin}/telesto/")
    assert page.url == f"{origin}/telesto/telesto/directory/main/index.html"
    await expect(page.locator("#topologies")).to_have_text("first")
    url = f"{origin}/telesto/telesto/directory/main/topology/second"
    async with aiohttp.ClientSession() as script, script.post(url, data=b"{}") as response:
        assert response.status == 201 and await response.json(content_type=None) == {"created": "second"}
        assert response.content_type == "application/json"
    await expect(page.locator("#topologies li")).to_have_text(["first", "second"])
    # The callable of the program has made the id valid.
    await page.goto(f"{origin}/telesto/telesto/designer/second/index.html")
    await check_designer(page, "<second>", "blue", "second")
    await page.goto(f"{origin}/telesto/telesto/designer/third/index.html")
    assert page.url == f"{origin}/telesto/telesto/directory/main/index.html"


async def test_program_unchanged_a_service_registered_twice(origin: str, page: Page) -> None:
    await page.goto(f"{origin}/telesto/telesto/application/index.html")
    assert page.url == f"{origin}/telesto/telesto/application/app/index.html"
    text = json.dumps({"echo": "hello red", "name": "APP"})
    await expect(page.locator("#text")).to_have_text(text)
    await expect(page.locator("#bytes")).to_have_text("abab")


async def test_program_unchanged_opens_in_chromium_as_an_app(origin: str, tmp_path: Path) -> None:
    url = f"{origin}/telesto/telesto/designer/first/index.html"
    command = [chromium(), "--headless=new", f"--app={url}", f"--user-data-dir={tmp_path}", *ARGUMENTS]
    browser = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as client:
            while True:
                async with client.get(f"{origin}/status.json") as response:
                    instances = (await response.json())["telesto"]["designer"]["instances"]
                if instances.get("first") and len(instances["first"][0]["sessions"]) == 1:
                    break
                await asyncio.sleep(0.05)
    finally:
        browser.terminate()
        browser.wait(PATIENCE)


async def test_app_folder_of_the_same_services(server: Server) -> None:
    for name, service_id in (("directory", "main"), ("designer", None)):
        service = Service(
            "telesto",
            name,
            f"telesto_services:{name.title()}",
            fixed_service_id=service_id,
            isolation="process",
            folder=TELESTO,
        )
        server.hub.register_service(service)
        roots: Roots = {"index.html": TELESTO / f"web/{name}.html", ("", "**"): TELESTO / "web"}
        server.hub.register_app(name, service, {"colour": "blue"}, roots)
    async with browser_page() as page:
        await page.goto(server.sites.issue_ticket("telesto", "directory", "main", 60))
        await expect(page.locator("#topologies")).to_have_text("first")
        async with server.client.post(server.url("telesto/directory/main/topology/second")) as response:
            assert response.status == 201
        await expect(page.locator("#topologies li")).to_have_text(["first", "second"])
        await page.goto(server.sites.issue_ticket("telesto", "designer", "one", 60))
        await check_designer(page, "ONE", "blue", "one")
