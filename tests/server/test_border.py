"""A hostile app in a real browser: its page gets nothing of another workspace, in every way that a browser has."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from narvi_desktop.server.registry import Service
from tests.support.border import FOLDER, WORK_AT_HOME, stolen
from tests.support.browser import browser_page, visit
from tests.support.server import Server


def add(server: Server, workspace: str, folder: Path) -> Path:
    """Burglar and vault in a workspace; returns the file in which the vault notes its touches."""
    folder.mkdir()
    for name, fixed in (("vault", "main"), ("burglar", None)):
        options: Any = {"isolation": "process", "python": (sys.executable,), "folder": FOLDER}
        parameters = {"folder": str(folder)}
        service = Service(workspace, name, f"service:{name.title()}", parameters, fixed, **options)
        server.hub.register_app(name, server.hub.register_service(service), {}, {("", "**"): FOLDER / name})
    return folder / "touched.txt"


async def test_a_page_gets_nothing_of_another_workspace(server: Server, tmp_path: Path) -> None:
    add(server, "burglar", tmp_path / "burglar")
    touched = add(server, "vault", tmp_path / "vault")
    vault, burglar = server.sites.of_workspace("vault"), server.sites.of_workspace("burglar")
    async with browser_page() as page:
        await visit(server, page, "vault", "vault")
        await page.wait_for_function("service.status === 'connected'")

        attacking = await page.context.new_page()
        attack = f"{vault.port}-vault"
        await attacking.goto(server.sites.issue_ticket("burglar", "burglar", attack, 60))
        results = await attacking.evaluate("window.results")
        assert stolen(results) == {}
        # The vault has seen its own page and nobody else; that page is as it was, and gets in again.
        assert touched.read_text() == "session\n"
        assert await page.evaluate("service.status") == "connected"
        assert page.url == vault.origin + vault.path("vault", "main")
        await page.reload()
        await page.wait_for_function("service.status === 'connected'")
        assert touched.read_text() == "session\nsession\n"

        # Its own window it may send there, and finds the refusal.
        for url in (page.url, f"{attacking.url.rpartition('/')[0]}/go?to={page.url}"):
            await attacking.goto(server.sites.issue_ticket("burglar", "burglar", "1-nobody", 60))
            async with attacking.expect_navigation(url=page.url):
                await attacking.evaluate(f"() => void (location.href = {url!r})")
            assert "SECRET" not in await attacking.content() and "not allowed" in await attacking.content()
        assert touched.read_text() == "session\nsession\n"

        # At home the same ways work.
        home = f"{burglar.port}-burglar"
        await visit(server, page, "burglar", "vault")
        await attacking.goto(server.sites.issue_ticket("burglar", "burglar", home, 60))
        results = await attacking.evaluate("window.results")
        assert stolen(results).keys() >= WORK_AT_HOME, sorted(WORK_AT_HOME - stolen(results).keys())
