"""The cards of home."""

from __future__ import annotations

from pathlib import Path

import pytest

from narvi_desktop.control.answers import AppCard
from narvi_desktop.runtime.app_list import AppList
from narvi_desktop.state.names import AppRef, WindowKey
from narvi_desktop.state.paths import Paths
from narvi_desktop.windows.types import WindowOptions
from tests.support.account import APP, make_app
from tests.support.runtime import RuntimeParts, runtime_parts


async def cards(parts: RuntimeParts) -> dict[str, AppCard]:
    app_list = AppList(parts.hub, parts.finder, parts.registry, parts.windows, parts.recents)
    return {card.app: card for card in await app_list.cards()}


async def test_every_app_has_a_card_and_the_system_none(paths: Paths) -> None:
    make_app(paths.installed / "mine")
    async with runtime_parts(paths) as parts:
        found = await cards(parts)
        assert {"mine/mine", "mine/second", "hello/hello"} <= found.keys()
        assert not [app for app in found if app.startswith("desktop/")]
        assert (found["mine/mine"].title, found["mine/mine"].kind) == ("Mine", "installed")
        assert (found["mine/mine"].state, found["mine/mine"].used) == ("", 0)


async def test_an_app_that_is_used(paths: Paths) -> None:
    make_app(paths.installed / "mine")
    async with runtime_parts(paths) as parts:
        app = parts.registry.open(AppRef("mine"))
        await parts.hub.acquire(app.service, "main", for_session=False)
        parts.recents.record(app.ref, None)
        parts.windows.opened.append((WindowKey("mine", "mine", "main"), WindowOptions("Mine")))
        card = (await cards(parts))["mine/mine"]
        assert (card.windows, card.sessions, card.state, card.used > 0) == (1, 0, "idle", True)


async def test_what_is_wrong_with_an_app(paths: Paths, tmp_path: Path) -> None:
    broken = make_app(paths.installed / "broken")
    (broken / "narvi.toml").write_text("manifest = 2")
    failing = make_app(tmp_path / "failing", "raise ValueError('no luck')\n")
    taken = make_app(paths.installed / "taken")
    async with runtime_parts(paths) as parts:
        app = parts.registry.open(AppRef(str(failing)))
        parts.recents.record(app.ref, None)
        with pytest.raises(Exception, match="could not start"):
            await parts.hub.acquire(app.service, "main", for_session=False)
        found = await cards(parts)
        assert "the file must say: manifest = 1" in found[str(broken)].error
        assert found[str(failing)].error.endswith("ValueError: no luck")
        assert "Traceback" in found[str(failing)].detail or "service.py" in found[str(failing)].detail
        assert "belongs to" in found["mine/mine"].error and str(taken) in found["mine/mine"].error


async def test_choosers_are_not_shown_and_ids_are_asked_for(paths: Paths) -> None:
    folder = make_app(paths.installed / "mine")
    manifest = APP.replace('service_id = "main"', "").replace('title = "Mine"', 'service_chooser = "second"')
    (folder / "narvi.toml").write_text(manifest)
    async with runtime_parts(paths) as parts:
        found = await cards(parts)
        assert "mine/second" not in found and not found["mine/mine"].needs_id
        (folder / "narvi.toml").write_text(APP.replace('service_id = "main"', ""))
        assert (await cards(parts))["mine/mine"].needs_id


async def test_a_card_leads_to_its_app(paths: Paths) -> None:
    make_app(paths.installed / "mine")
    async with runtime_parts(paths) as parts:
        app_list = AppList(parts.hub, parts.finder, parts.registry, parts.windows, parts.recents)
        found = await app_list.find(AppRef("mine/second"))
        assert found is not None and found.spec.name == "second"
        assert await app_list.find(AppRef("second")) is None
