"""Who may come in: every path is refused alike without credentials, before anything happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import aiohttp
import pytest

from tests.conftest import TOKEN, Server, add_probe

Run = Callable[..., None]
PATHS = [
    "/",
    "/nothing",
    "/api/status",
    "/ticket/guess",
    "/narvi/lab/probe/index.html",
    "/narvi/lab/probe/main/index.html",
    "/narvi/lab/probe/main/connect",
    "/narvi/lab/probe/main/status",
    "/narvi/lab/probe/main/narvi/narvi.js",
    "/narvi/lab/nobody/main/index.html",
]


async def raw(server: Server, text: str) -> bytes:
    """The answer to exactly these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.site.port)
    writer.write(text.replace("\n", "\r\n").encode())
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
@pytest.mark.parametrize("upgrade", ["", "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n"])
def test_without_credentials_every_path_is_refused_alike(run_served: Run, method: str, upgrade: str) -> None:
    async def body(server: Server) -> None:
        add_probe(server, "thread")
        answers = set()
        for path in PATHS:
            host = f"Host: 127.0.0.1:{server.site.port}\n"
            answer = await raw(server, f"{method} {path} HTTP/1.1\n{host}{upgrade}\n")
            head, _, content = answer.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 403") and len(content) <= 200
            assert b"access-control" not in head.lower() and b"nosniff" in head
            lines = [line for line in head.splitlines() if not line.lower().startswith(b"date")]
            answers.add((b"\n".join(lines), content))
        assert len(answers) == 1
        assert not server.hub.instances

    run_served(body)


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "Host: 127.0.0.1\n",
        "Host: evil.example:{port}\n",
        "Host: 127.0.0.1:{port}\nHost: 127.0.0.1:{port}\n",
        "Host: 127.0.0.1:{port}\nOrigin: http://evil.example\n",
        "Host: 127.0.0.1:{port}\nOrigin: null\n",
        "Host: 127.0.0.1:{port}\nOrigin: http://127.0.0.1:1\n",
        "Host: 127.0.0.1:{port}\nSec-Fetch-Site: same-site\n",
        "Host: 127.0.0.1:{port}\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document\n",
    ],
)
def test_wrong_host_origin_or_source_is_refused_with_a_good_cookie(run_served: Run, lines: str) -> None:
    async def body(server: Server) -> None:
        add_probe(server, "thread")
        cookie = f"Cookie: {server.site.cookie_name}={server.site.cookie_value}\n"
        head = f"GET /narvi/lab/probe/main/index.html HTTP/1.1\n{cookie}"
        good = await raw(server, f"{head}Host: 127.0.0.1:{server.site.port}\nConnection: close\n\n")
        assert good.startswith(b"HTTP/1.1 200")
        bad = await raw(server, f"{head}{lines.format(port=server.site.port)}Connection: close\n\n")
        assert not bad.startswith(b"HTTP/1.1 2")

    run_served(body)


def test_a_ticket_lets_in_once_and_leads_to_a_clean_url(run_served: Run) -> None:
    async def body(server: Server) -> None:
        add_probe(server, "thread")
        path = server.site.path("lab", "probe", "main")
        url = server.site.issue_ticket(path, 60)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
            async with browser.get(url, allow_redirects=False) as answer:
                assert (answer.status, answer.headers["Location"]) == (303, path)
                cookie = answer.headers["Set-Cookie"]
                assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Domain" not in cookie
                assert answer.headers["Cache-Control"] == "no-store"
            async with browser.get(server.site.origin + path) as page:
                assert page.status == 200
            async with browser.get(url, allow_redirects=False) as again:
                assert again.status in (303, 403, 404) and "Set-Cookie" not in again.headers
            # A browser names its origin on every socket; a cookie alone opens none.
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await browser.ws_connect(server.url("lab/probe/main/connect"))
            origin = {"Origin": server.site.origin}
            socket = await browser.ws_connect(server.url("lab/probe/main/connect"), headers=origin)
            assert "session_connected" in await socket.receive_str(timeout=10)

    run_served(body)


def test_an_old_ticket_is_refused(run_served: Run) -> None:
    async def body(server: Server) -> None:
        url = server.site.issue_ticket("/narvi/x", -1)
        async with aiohttp.ClientSession() as browser, browser.get(url, allow_redirects=False) as answer:
            assert answer.status == 403

    run_served(body)


def test_a_wrong_bearer_wins_over_a_good_cookie(run_served: Run) -> None:
    async def body(server: Server) -> None:
        add_probe(server, "thread")
        headers = {
            "Authorization": f"Bearer {TOKEN}x",
            "Cookie": f"{server.site.cookie_name}={server.site.cookie_value}",
        }
        place = server.url("lab/probe/main/index.html")
        async with aiohttp.ClientSession(headers=headers) as client, client.get(place) as answer:
            assert answer.status == 403

    run_served(body)
