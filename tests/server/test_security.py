"""Who may come in: every path is refused alike without credentials, before anything happens."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlsplit

import aiohttp
import pytest

from narvi_desktop.server.security import REFUSAL
from narvi_desktop.state.names import SYSTEM
from tests.support.server import TOKEN, Server, add_probe
from tests.support.waiting import PATIENCE

METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]
UPGRADE = "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n"
# What stands in the tables of routes; one that is not listed here fails the walk.
FIRST_SEGMENTS = {"api", "narvi"}
AFTER_THE_SERVICE_ID = {"index.html", "connect", "status"}


def paths(workspace: str) -> list[str]:
    app = f"/narvi/{workspace}/probe"
    return [
        "/",
        "/nothing",
        "/ticket/guess",
        *(f"/{segment}" for segment in FIRST_SEGMENTS),
        "/api/status",
        f"/narvi/{workspace}",
        f"{app}/index.html",
        *(f"{app}/main/{segment}" for segment in AFTER_THE_SERVICE_ID),
        f"{app}/main/narvi/narvi.js",
        f"{app}/main/session/x/y",
        f"/narvi/{workspace}/nobody/main/index.html",
        f"/narvi/{workspace}/broken/key/index.html",
    ]


async def raw(port: int, text: str) -> bytes:
    """The answer to exactly these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text.replace("\n", "\r\n").encode())
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    await writer.wait_closed()
    return answer


def refusal(answer: bytes) -> tuple[bytes, bytes]:
    """The standard refusal without its date; fails for any other answer."""
    head, _, content = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 403") and len(content) <= 200, answer
    assert b"access-control" not in head.lower() and b"nosniff" in head
    return b"\n".join(line for line in head.splitlines() if not line.lower().startswith(b"date")), content


@pytest.mark.parametrize("workspace", [SYSTEM, "lab"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("upgrade", ["", UPGRADE])
async def test_without_credentials_every_path_is_refused_alike(
    server: Server, workspace: str, method: str, upgrade: str
) -> None:
    assert set(server.gateway.table) == FIRST_SEGMENTS
    assert set(server.gateway.apps.table) == AFTER_THE_SERVICE_ID
    add_probe(server, "thread", workspace=workspace)
    site = server.sites.of_workspace(workspace)
    answers = set()
    for path in paths(workspace):
        answer = await raw(site.port, f"{method} {path} HTTP/1.1\nHost: 127.0.0.1:{site.port}\n{upgrade}\n")
        answers.add(refusal(answer))
    assert len(answers) == 1
    assert not server.hub.instances


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("upgrade", ["", UPGRADE])
async def test_another_workspace_on_this_port_is_the_same_refusal(server: Server, method: str, upgrade: str) -> None:
    add_probe(server, "thread")
    add_probe(server, "thread", workspace="other")
    site, other = server.sites.of_workspace("lab"), server.sites.of_workspace("other")
    host = f"Host: 127.0.0.1:{site.port}\n"
    usual = refusal(await raw(site.port, f"{method} / HTTP/1.1\n{host}{upgrade}\n"))
    for credential in (f"Cookie: {site.cookie_name}={site.cookie_value}", f"Authorization: Bearer {TOKEN}"):
        for path in paths(other.workspace):
            if path.startswith("/narvi/"):
                request = f"{method} {path} HTTP/1.1\n{host}Origin: {site.origin}\n{credential}\n{upgrade}\n"
                assert refusal(await raw(site.port, request)) == usual
    assert not server.hub.instances


async def test_the_control_api_answers_on_the_system_site_alone(server: Server) -> None:
    async with server.client.post(server.sites.of_workspace(SYSTEM).origin + "/api/status") as answer:
        assert await answer.text() == "under control"
    async with server.client.post(server.site.origin + "/api/status") as answer:
        assert (answer.status, await answer.read()) == (403, REFUSAL)


async def test_what_lets_into_one_workspace_lets_into_no_other(server: Server) -> None:
    add_probe(server, "thread", workspace="other")
    site, other = server.sites.of_workspace("lab"), server.sites.of_workspace("other")
    page = f"GET {other.path('probe', 'main')} HTTP/1.1\nHost: 127.0.0.1:{other.port}\nConnection: close\n"
    right = f"Cookie: {other.cookie_name}={other.cookie_value}\n\n"
    assert (await raw(other.port, page + right)).startswith(b"HTTP/1.1 200")
    for name, value in [
        (site.cookie_name, site.cookie_value),
        (other.cookie_name, site.cookie_value),
        (site.cookie_name, other.cookie_value),
        (other.cookie_name, ""),
        (other.cookie_name, other.cookie_value[:-1]),
        (other.cookie_name, other.cookie_value + "x"),
    ]:
        refusal(await raw(other.port, f"{page}Cookie: {name}={value}\n\n"))
    ticket = urlsplit(site.issue_ticket(site.path("probe", "main"), 60)).path
    refusal(await raw(other.port, f"GET {ticket} HTTP/1.1\nHost: 127.0.0.1:{other.port}\n\n"))
    assert site.ticket_valid(ticket.rpartition("/")[2])


async def test_cookies_that_another_port_has_set_lock_nobody_out(server: Server) -> None:
    add_probe(server, "thread")
    site = server.site
    planted = f"{site.cookie_name}=planted; {site.cookie_name}="
    page = f"GET {site.path('probe', 'main')} HTTP/1.1\nHost: 127.0.0.1:{site.port}\nConnection: close\n"
    refusal(await raw(site.port, f"{page}Cookie: {planted}\n\n"))
    good = f"{site.cookie_name}={site.cookie_value}"
    for cookies in (f"{planted}; {good}", f"{good}; {planted}"):
        assert (await raw(site.port, f"{page}Cookie: {cookies}\n\n")).startswith(b"HTTP/1.1 200")


async def test_an_app_sees_no_cookie_of_ours(server: Server) -> None:
    add_probe(server, "thread")
    page = await server.page("lab/probe/main")
    _, url = await page.ask("create", "probe", "a")
    ours = f"{server.site.cookie_name}=x; narvi_20001=y; theirs=z"
    told = json.loads((await server.get(f"lab/probe/main/{url}", headers={"Cookie": ours}))[1])
    assert "cookie" in told[2] and "authorization" not in told[2]
    ours = f"{server.site.cookie_name}=x; narvi_20001=y"
    told = json.loads((await server.get(f"lab/probe/main/{url}", headers={"Cookie": ours}))[1])
    assert "cookie" not in told[2]


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "Host: 127.0.0.1\n",
        "Host: evil.example:{port}\n",
        "Host: 127.0.0.1:{port}\nHost: 127.0.0.1:{port}\n",
        "Host: 127.0.0.1:{other}\n",
        "Host: 127.0.0.1.:{port}\n",
        "Host: 127.1:{port}\n",
        "Host: 127.0.0.1:0{port}\n",
        "Host: 127.0.0.1:{port}, evil.example\n",
        "Host: evil.example:{port}\nX-Forwarded-Host: 127.0.0.1:{port}\nForwarded: host=127.0.0.1:{port}\n",
        "Host: 127.0.0.1:{port}\nOrigin: http://127.0.0.1:{other}\n",
        "Host: 127.0.0.1:{port}\nOrigin: http://127.0.0.1:{port}\nOrigin: http://127.0.0.1:{port}\n",
        "Host: 127.0.0.1:{port}\nOrigin: http://127.0.0.1:{port}.evil.example\n",
        "Host: 127.0.0.1:{port}\nOrigin: http://localhost:{port}\n",
        "Host: 127.0.0.1:{port}\nOrigin: https://127.0.0.1:{port}\n",
        "Host: 127.0.0.1:{port}\nOrigin:\n",
        "Host: 127.0.0.1:{port}\nSec-Fetch-Site: same-origin\nSec-Fetch-Site: same-site\n",
        "Host: 127.0.0.1:{port}\nOrigin: http://evil.example\n",
        "Host: 127.0.0.1:{port}\nOrigin: null\n",
        "Host: 127.0.0.1:{port}\nOrigin: http://127.0.0.1:1\n",
        "Host: 127.0.0.1:{port}\nSec-Fetch-Site: same-site\n",
        "Host: 127.0.0.1:{port}\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document\n",
    ],
)
async def test_wrong_host_origin_or_source_is_refused_with_a_good_cookie(server: Server, lines: str) -> None:
    add_probe(server, "thread")
    cookie = f"Cookie: {server.site.cookie_name}={server.site.cookie_value}\n"
    head = f"GET /narvi/lab/probe/main/index.html HTTP/1.1\n{cookie}"
    good = await raw(server.site.port, f"{head}Host: 127.0.0.1:{server.site.port}\nConnection: close\n\n")
    assert good.startswith(b"HTTP/1.1 200")
    other = server.sites.of_workspace("other").port
    wrong = lines.format(port=server.site.port, other=other)
    bad = await raw(server.site.port, f"{head}{wrong}Connection: close\n\n")
    assert not bad.startswith(b"HTTP/1.1 2")


async def test_a_ticket_lets_in_once_and_leads_to_a_clean_url(server: Server) -> None:
    add_probe(server, "thread")
    path = server.site.path("probe", "main")
    url = server.site.issue_ticket(path, 60)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(url, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, path)
            cookie = answer.headers["Set-Cookie"]
            assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Domain" not in cookie
            assert "Path=/narvi/lab/;" in cookie
            assert answer.headers["Cache-Control"] == "no-store"
        async with browser.get(server.site.origin + path) as page:
            assert page.status == 200
        async with browser.get(url, allow_redirects=False) as again:
            assert again.status in (303, 403, 404) and "Set-Cookie" not in again.headers
        # A browser names its origin on every socket; a cookie alone opens none.
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await browser.ws_connect(server.url("lab/probe/main/connect"))
        origin = {"Origin": server.site.origin}
        async with browser.ws_connect(server.url("lab/probe/main/connect"), headers=origin) as socket:
            assert "session_connected" in await socket.receive_str(timeout=PATIENCE)


async def test_an_old_ticket_is_refused(server: Server) -> None:
    url = server.site.issue_ticket("/narvi/x", -1)
    async with aiohttp.ClientSession() as browser, browser.get(url, allow_redirects=False) as answer:
        assert answer.status == 403


async def test_a_wrong_bearer_wins_over_a_good_cookie(server: Server) -> None:
    add_probe(server, "thread")
    headers = {
        "Authorization": f"Bearer {TOKEN}x",
        "Cookie": f"{server.site.cookie_name}={server.site.cookie_value}",
    }
    place = server.url("lab/probe/main/index.html")
    async with aiohttp.ClientSession(headers=headers) as client, client.get(place) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("source", ["same-site", "cross-site"])
async def test_a_ticket_behind_a_link_of_another_page_leads_on_from_a_page_of_ours(server: Server, source: str) -> None:
    add_probe(server, "thread")
    site = server.site

    async def follow(mode: str, dest: str) -> tuple[int, str, bool]:
        ticket = site.issue_ticket(site.path("probe", "main"), 60)
        headers = {"Sec-Fetch-Site": source, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
        browser = aiohttp.ClientSession(headers=headers)
        async with browser, browser.get(ticket, allow_redirects=False) as answer:
            return answer.status, await answer.text(), "Set-Cookie" in answer.headers

    status, text, cookie = await follow("navigate", "document")
    assert status == 200 and cookie and f"url={site.path('probe', 'main')}" in text
    for mode, dest in (("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe"), ("navigate", "")):
        assert (await follow(mode, dest))[::2] == (403, False)


@pytest.mark.parametrize(
    "line",
    [
        "GET http://127.0.0.1:{port}/narvi/lab/probe/main/index.html HTTP/1.1",
        "GET //127.0.0.1:{port}/narvi/lab/probe/main/index.html HTTP/1.1",
        "CONNECT 127.0.0.1:{port} HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "GET /narvi/other/probe/main/index.html HTTP/1.1",
        "GET /narvi/lab/../other/probe/main/index.html HTTP/1.1",
        "GET /narvi/%6cab%2f..%2fother/probe/main/index.html HTTP/1.1",
        "POST /narvi/lab/probe/main/index.html HTTP/1.1\nX-HTTP-Method-Override: GET",
    ],
)
async def test_odd_requests_get_nowhere_even_with_a_good_cookie(server: Server, line: str) -> None:
    add_probe(server, "thread")
    add_probe(server, "thread", workspace="other")
    site = server.site
    rest = f"Host: 127.0.0.1:{site.port}\nCookie: {site.cookie_name}={site.cookie_value}\nConnection: close\n\n"
    answer = await raw(site.port, f"{line.format(port=site.port)}\n{rest}")
    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")) and b"Traceback" not in answer
    assert not server.hub.instances
