"""Windows first, then browsers."""

from __future__ import annotations

import webbrowser

import pytest

from narvi_desktop.control.requests import OpenOptions
from narvi_desktop.runtime import presenting
from narvi_desktop.runtime.presenting import Presenter, WindowContent
from narvi_desktop.runtime.window_restore import WindowRestore
from narvi_desktop.state.names import AppRef
from narvi_desktop.state.paths import Paths
from narvi_desktop.windows import browser
from narvi_desktop.windows.types import WindowFailed
from tests.support.account import make_app
from tests.support.runtime import RuntimeParts, runtime_parts

SCREEN = OpenOptions({"DISPLAY": ":7"})


def make(parts: RuntimeParts) -> tuple[Presenter, WindowContent]:
    make_app(parts.paths.installed / "mine")
    restore = WindowRestore(parts.hub, parts.sites, parts.registry, parts.windows, parts.tickets)
    presenter = Presenter(parts.windows, parts.browsers, restore, parts.tickets)
    return presenter, WindowContent.of_app(parts.registry.open(AppRef("mine")), "main")


@pytest.fixture(autouse=True)
def _no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presenting, "why_not", lambda environment: None)
    monkeypatch.setattr(browser, "find", lambda: None)
    monkeypatch.setattr(webbrowser, "open", lambda url: False)


async def test_a_window_is_the_first_choice_and_looks_as_the_manifest_says(paths: Paths) -> None:
    async with runtime_parts(paths) as parts:
        presenter, content = make(parts)
        assert await presenter.show("window", content, SCREEN) == ("window", "Mine is open.")
        assert await presenter.show("window", content, SCREEN) == ("window", "Mine is open already.")
        quick = OpenOptions({"DISPLAY": ":7"}, new_window=True, wait=False, debug=True)
        assert await presenter.show("window", content, quick) == ("window", "Mine opens.")
        key, options = parts.windows.opened[-1]
        assert (key, options.title, options.target, options.debug) == (content.key, "Mine", "mine/mine", True)


async def test_what_does_not_work_is_passed_over_and_named(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls: list[str] = []

    def open_url(url: str) -> bool:
        urls.append(url)
        return True

    async with runtime_parts(paths) as parts:
        presenter, content = make(parts)
        parts.windows.failure = "the window host ended"
        with pytest.raises(WindowFailed, match=r"host ended; no browser of the .*; no browser was found"):
            await presenter.show("window", content, SCREEN)
        monkeypatch.setattr(webbrowser, "open", open_url)
        way, message = await presenter.show("window", content, SCREEN)
        assert way == "browser" and message.startswith("Mine is open in the browser (the window host ended; ")
        assert parts.tickets.is_unused(content.key, urls[0])
        assert (await presenter.show("browser", content, SCREEN))[1] == "Mine is open in the browser."


async def test_without_a_screen_there_is_one_reason(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presenting, "why_not", lambda environment: "there is no display")
    async with runtime_parts(paths) as parts:
        presenter, content = make(parts)
        with pytest.raises(WindowFailed, match=r"^there is no display$"):
            await presenter.show("window", content, OpenOptions())


async def test_a_browser_window_counts_as_open_when_its_ticket_is_used(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with runtime_parts(paths) as parts:
        presenter, content = make(parts)

        class Process:
            returncode: int | None = None

            def poll(self) -> int | None:
                """Use the ticket at the first look, as a page that has loaded does."""
                parts.sites.of_workspace("mine").spend_ticket(urls[0].rpartition("/")[2])
                return self.returncode

        urls: list[str] = []
        process = Process()

        def open_window(self: object, url: str, environment: object) -> Process:
            urls.append(url)
            return process

        monkeypatch.setattr(browser.AppBrowser, "open", open_window)
        assert (await presenter.show("app", content, SCREEN))[1] == "Mine is open in a window of the browser."
        process.returncode = 9
        urls.clear()
        with pytest.raises(WindowFailed, match="the browser ended with 9"):
            await presenter.show("app", content, SCREEN)
