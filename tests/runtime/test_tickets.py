"""Tickets that let a browser in, and keep the runtime for it."""

from __future__ import annotations

import socket
import time

from narvi_desktop.runtime.idle_shutdown import IdleShutdown
from narvi_desktop.runtime.tickets import Tickets
from narvi_desktop.server.site import Sites
from narvi_desktop.settings import Settings
from narvi_desktop.state.names import WindowKey
from narvi_desktop.state.ports import bind

KEY = WindowKey("team", "notes", "main")


async def test_a_ticket_is_used_once_and_keeps_the_runtime_alive() -> None:
    settings = Settings(leave_after=0.001, ticket_life=60)
    listening: list[socket.socket] = []
    sites = Sites(lambda workspace: bind(0), listening.append)
    idle = IdleShutdown(settings, stays=False)
    tickets = Tickets(sites, idle, settings)
    url = tickets.issue(KEY)
    site = sites.of_workspace("team")
    assert url.startswith(site.origin) and tickets.is_unused(KEY, url)
    until = time.monotonic() + 0.002
    while time.monotonic() < until:
        idle.check(needed=False)
    assert not idle.leaving
    assert site.spend_ticket(url.rpartition("/")[2]) == "/narvi/team/notes/main/index.html"
    assert not tickets.is_unused(KEY, url)
    assert tickets.issue_printed(KEY) != tickets.issue_printed(KEY)
    for sock in listening:
        sock.close()


async def test_links_to_other_sites_need_no_ticket() -> None:
    settings = Settings()
    sites = Sites(lambda workspace: bind(0), lambda sock: sock.close())
    tickets = Tickets(sites, IdleShutdown(settings, stays=False), settings)
    assert tickets.issue_link("team", "https://example.org/") == "https://example.org/"
    assert tickets.issue_link("team", "file:///etc/passwd") is None
    own = f"{sites.of_workspace('team').origin}/narvi/team/notes/main/index.html"
    assert tickets.issue_link("other", own) is None
    assert "/ticket/" in str(tickets.issue_link("team", own))
