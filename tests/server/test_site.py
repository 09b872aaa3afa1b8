"""Sites: opened with a workspace's first use, one socket each, all on one server."""

from __future__ import annotations

import asyncio
import errno
import socket

import aiohttp
import pytest

from narvi_desktop.server.errors import PortUnavailable
from narvi_desktop.server.site import Sites
from narvi_desktop.state.ports import bind
from tests.support.server import Server, add_probe


async def test_each_workspace_is_an_origin_of_its_own(server: Server) -> None:
    for workspace in ("lab", "other"):
        add_probe(server, "thread", workspace=workspace)
    assert server.sites.origins() == {}
    lab, other = server.sites.of_workspace("lab"), server.sites.of_workspace("other")
    assert server.sites.of_workspace("lab") is lab
    assert lab.port != other.port and lab.cookie_value != other.cookie_value
    assert server.sites.origins() == {"lab": lab.origin, "other": other.origin}
    for workspace in ("lab", "other"):
        page = await server.page(f"{workspace}/probe/main")
        assert await page.ask("names") == [workspace, "probe", "main"]


async def test_request_services_answer_on_their_own_site_and_app_messages_reach_every_workspace(
    server: Server, isolation: str
) -> None:
    for workspace in ("lab", "other"):
        add_probe(server, isolation, workspace=workspace)
    lab, other = await server.page("lab/probe/main"), await server.page("other/probe/main")
    _, url = await lab.ask("create", "probe", "a")
    assert (await server.get(f"lab/probe/main/{url}"))[0] == 201
    assert (await server.get(f"other/probe/main/{url}"))[0] == 404
    elsewhere = server.sites.of_workspace("other").origin
    async with server.client.get(f"{elsewhere}/narvi/lab/probe/main/{url}") as answer:
        assert answer.status == 403
    assert await lab.ask("app_message", "other", "probe", "main", {"from": "lab"}) is True
    assert ["app", "lab", "probe", "main", "{'from': 'lab'}"] in await other.ask("events")


async def test_fifty_workspaces_are_served_at_once(server: Server) -> None:
    names = [f"lab-{number}" for number in range(50)]
    for name in names:
        add_probe(server, "thread", workspace=name, shared=True)
    # Tickets first: an address is good from the moment it is given.
    tickets = [server.sites.issue_ticket(name, "probe", "main", 60) for name in names]
    assert len(server.sites.origins()) == 50

    async def enter(ticket: str) -> str:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as browser, browser.get(ticket) as page:
            assert page.status == 200
            return page.url.path.split("/")[2]

    assert await asyncio.gather(*(enter(ticket) for ticket in tickets)) == names


def test_no_socket_is_a_sentence_and_works_again_when_there_is_one() -> None:
    problems = [OSError(errno.EMFILE, "Too many open files")]

    def scarce(workspace: str) -> socket.socket:
        if problems:
            raise problems.pop()
        return bind(0)

    served: list[socket.socket] = []
    sites = Sites(scarce, served.append)
    with pytest.raises(PortUnavailable, match="'lab': Too many open files"):
        sites.of_workspace("lab")
    assert sites.of_workspace("lab").port == served[0].getsockname()[1]
    served[0].close()


def test_whose_address_it_is_and_how_a_browser_may_follow_it() -> None:
    served: list[socket.socket] = []
    sites = Sites(lambda workspace: bind(0), served.append)
    lab, other = sites.of_workspace("lab"), sites.of_workspace("other")
    for url in (f"{lab.origin}/x", f"http://localhost:{lab.port}", f"http://me:pw@127.0.0.1:{lab.port}/"):
        assert sites.of_url(url) is lab
    for url in ("https://example.org/", f"http://127.0.0.1:{lab.port}1", "http://[::1", "mailto:a@b", "http://x:y/"):
        assert sites.of_url(url) is None

    assert sites.link_out("lab", "https://example.org/?a=1", 60) == "https://example.org/?a=1"
    assert sites.link_out("lab", "mailto:a@example.org", 60) == "mailto:a@example.org"
    for path in ("/", "//evil.example/narvi/lab/", "/ticket/x", "/narvi/other/a/b/index.html"):
        assert sites.link_out("lab", lab.origin + path, 60) is None
    for url in ("file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "chrome://settings", "x", ""):
        assert sites.link_out("lab", url, 60) is None
    assert sites.link_out("lab", f"{other.origin}/narvi/other/a/b/index.html", 60) is None
    own = sites.link_out("lab", f"{lab.origin}/narvi/lab/a/b/index.html?q=1#part", 60)
    assert own is not None and lab.spend_ticket(own.rpartition("/")[2]) == "/narvi/lab/a/b/index.html?q=1#part"
    for sock in served:
        sock.close()


async def test_the_token_works_on_every_site_for_pages(server: Server) -> None:
    add_probe(server, "thread")
    assert (await server.get("lab/probe/main/index.html"))[0] == 200
