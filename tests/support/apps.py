"""The bundled apps, registered at a real server as the runtime does it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from narvi_desktop.library.manifest import load
from narvi_desktop.server.registry import Service
from tests.support.server import Server

APPS = Path(__file__).parents[2] / "narvi_desktop" / "apps"


def add_bundled(server: Server, name: str, **parameters: Any) -> Service:
    """The app of this name, with its service in a process."""
    manifest = load(APPS / name)
    spec = manifest.services[name]
    service = Service(
        manifest.workspace,
        name,
        spec.service_class,
        parameters,
        spec.service_id,
        isolation="process",
        folder=APPS / name,
        python=(sys.executable,),
    )
    server.hub.register_service(service)
    server.hub.register_app(name, service, {}, {("", "**"): APPS / name / "web"}, title=manifest.apps[name].title)
    return service


def add_notes(server: Server, data: Path) -> Service:
    return add_bundled(server, "notes", folder=str(data))


async def accessible(page: Page) -> None:
    """axe-core finds nothing serious, in light and in dark."""
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        await page.emulate_media(color_scheme=scheme)
        found = await Axe().run(page)
        serious = [
            (violation["id"], node["html"])
            for violation in found.response["violations"]
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]
        assert serious == [], scheme
    await page.emulate_media(color_scheme="light")
