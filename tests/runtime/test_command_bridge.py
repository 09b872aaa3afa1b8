"""Home's calls, which come from a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from narvi_desktop.control.errors import AlreadyExists
from narvi_desktop.runtime.command_bridge import CommandBridge


async def echo(document: dict[str, Any]) -> dict[str, Any]:
    return {"got": document, "thread": threading.current_thread() is threading.main_thread()}


async def refuse(document: dict[str, Any]) -> dict[str, Any]:
    raise AlreadyExists("it is there", "a detail")


async def fail(document: dict[str, Any]) -> dict[str, Any]:
    raise KeyError("a defect")


COMMANDS = {"echo": echo, "refuse": refuse, "fail": fail}


async def call_in_a_thread(bridge: CommandBridge, name: str, payload: dict[str, Any]) -> dict[str, Any]:
    """As home calls: from another thread, with a loop of its own."""
    return await asyncio.to_thread(lambda: asyncio.run(bridge.call(name, payload)))


async def test_commands_run_on_the_loop_of_the_runtime_with_the_screen_of_the_newest_caller() -> None:
    bridge = CommandBridge()
    calling = asyncio.create_task(call_in_a_thread(bridge, "echo", {"app": "notes"}))
    bridge.serve(COMMANDS, lambda: {"DISPLAY": ":7"})
    assert await calling == {"got": {"environment": {"DISPLAY": ":7"}, "app": "notes"}, "thread": True}


async def test_failures_are_answers() -> None:
    bridge = CommandBridge()
    bridge.serve(COMMANDS, dict)
    refused = await call_in_a_thread(bridge, "refuse", {})
    assert (refused["error"], refused["detail"], refused["exists"]) == ("it is there", "a detail", True)
    failed = await call_in_a_thread(bridge, "fail", {})
    assert "narvi-desktop failed in fail: KeyError" in failed["error"] and not failed["exists"]
