"""The command table: one rule for every command."""

from __future__ import annotations

from typing import Any

import pytest

from narvi_desktop.control import commands
from narvi_desktop.control.commands import Command
from narvi_desktop.control.errors import ControlError, ExitCode
from narvi_desktop.runtime.api.apps import AppCommands
from narvi_desktop.runtime.api.library import LibraryCommands
from narvi_desktop.runtime.api.status import StatusCommands
from narvi_desktop.runtime.api.table import CommandTable
from narvi_desktop.runtime.api.windows import WindowCommands
from narvi_desktop.runtime.app_list import AppList
from narvi_desktop.runtime.menu_entries import MenuEntries
from narvi_desktop.runtime.monitoring import Monitoring
from narvi_desktop.runtime.presenting import Presenter
from narvi_desktop.runtime.window_restore import WindowRestore
from narvi_desktop.server.errors import PortUnavailable
from narvi_desktop.state.paths import Paths
from tests.support.account import make_app
from tests.support.runtime import RuntimeParts, runtime_parts


def make_table(parts: RuntimeParts) -> CommandTable:
    hub, sites, registry, windows = parts.hub, parts.sites, parts.registry, parts.windows
    restore = WindowRestore(hub, sites, registry, windows, parts.tickets)
    presenter = Presenter(windows, parts.browsers, restore, parts.tickets)
    app_list = AppList(hub, parts.finder, registry, windows, parts.recents)
    menu = MenuEntries(parts.finder)
    return CommandTable(
        WindowCommands(
            hub, sites, registry, presenter, windows, parts.tickets, parts.error_pages, parts.recents, parts.idle
        ),
        AppCommands(hub, registry, app_list, windows, parts.recents, parts.idle),
        LibraryCommands(hub, parts.finder, registry, parts.claims, menu, windows, parts.recents, parts.paths),
        StatusCommands(hub, sites, windows),
        Monitoring(hub, sites, windows),
    )


async def refusal(table: CommandTable, name: str, document: dict[str, Any]) -> ControlError:
    with pytest.raises(ControlError) as caught:
        await table.commands[name](document)
    return caught.value


async def test_every_command_is_there(paths: Paths) -> None:
    known = {value.name for value in vars(commands).values() if isinstance(value, Command)}
    async with runtime_parts(paths) as parts:
        table = make_table(parts)
        assert table.commands.keys() == known and table.streams.keys() == {commands.WATCH}


async def test_json_in_and_json_out(paths: Paths) -> None:
    make_app(paths.installed / "mine")
    async with runtime_parts(paths) as parts:
        table = make_table(parts)
        answer = await table.commands["open"]({"app": "mine", "show": "none"})
        assert (answer["workspace"], answer["shown"], answer["message"]) == ("mine", "none", "Mine runs.")
        assert (await table.commands["restart"]({"app": "mine"}))["restarted"] == 1
        await table.commands["open"]({"workspace": "mine", "service": "mine", "show": "none"})
        assert (await table.commands["stop"]({"workspace": "mine", "service": "mine"}))["stopped"] == 1
        assert (await table.commands["log"]({"app": "mine/mine"}))["text"].count("made") == 2
        assert (await table.commands["apps"]({}))["first"] is False
        status = await table.commands["status"]({})
        assert status["running"] and "mine" in status["admin"]


async def test_a_person_can_fix_it_exit_code_two(paths: Paths) -> None:
    async with runtime_parts(paths) as parts:
        table = make_table(parts)
        cases: list[tuple[str, dict[str, Any], str]] = [
            ("open", {"app": "helo"}, "Did you mean hello"),
            ("open", {"app": 5}, "app must name an app"),
            ("restart", {}, "Name an app."),
            ("install", {"path": "relative"}, "absolute path"),
            ("install", {"path": "/nothing.zip"}, "does not exist"),
            ("remove", {"app": "hello"}, "comes with narvi-desktop"),
            ("log", {"app": "hello"}, "There is no app 'hello'"),
            ("forget", {"app": "hello"}, "not among the apps"),
        ]
        for name, document, sentence in cases:
            error = await refusal(table, name, document)
            assert sentence in str(error) and error.exit_code == ExitCode.USAGE, (name, str(error))


async def test_no_port(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    async with runtime_parts(paths) as parts:

        def fail(workspace: str) -> None:
            raise PortUnavailable(workspace, "all in use")

        monkeypatch.setattr(parts.sites, "of_workspace", fail)
        error = await refusal(make_table(parts), "url", {"app": "hello"})
        assert error.exit_code == ExitCode.NO_PORT and "all in use" in str(error)


async def test_a_runtime_that_leaves_opens_nothing(paths: Paths) -> None:
    async with runtime_parts(paths) as parts:
        table = make_table(parts)
        assert (await table.commands["stop"]({}))["message"] == "narvi-desktop stops."
        assert (await refusal(table, "open", {"app": "hello"})).status == 503
