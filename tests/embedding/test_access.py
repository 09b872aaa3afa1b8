"""Who may come in to an embedded server, by headers alone."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request

from narvi_desktop.embedding.access import Access


def request(path: str = "/", method: str = "GET", **headers: str) -> Any:
    return make_mocked_request(method, path, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("host", "own", "foreign"),
    [
        ("localhost", ["localhost:8999", "127.0.0.1:8999", "LOCALHOST:8999"], ["localhost", "a:8999", "10.0.0.1:8999"]),
        ("127.0.0.1", ["127.0.0.1:8999", "localhost:8999"], ["127.0.0.1:1", "127.0.0.1.evil:8999"]),
        ("0.0.0.0", ["10.0.0.1:8999", "localhost:8999", "[::1]:8999"], ["evil.example:8999", "10.0.0.1"]),
        ("::1", ["[::1]:8999", "localhost:8999"], ["[::2]:8999"]),
        ("lab.example", ["lab.example:8999"], ["localhost:8999", "127.0.0.1:8999"]),
    ],
)
def test_hosts(host: str, own: list[str], foreign: list[str]) -> None:
    access = Access(host, 8999, None)
    assert [access.refuses(request(Host=name)) for name in own] == [False] * len(own)
    assert [access.refuses(request(Host=name)) for name in foreign] == [True] * len(foreign)
    assert access.refuses(request())


def test_port_80_is_left_out_by_browsers() -> None:
    access = Access("localhost", 80, None)
    assert not access.refuses(request(Host="localhost")) and not access.refuses(request(Host="localhost:80"))


def test_origin_and_site() -> None:
    access = Access("localhost", 8999, None)
    host = "localhost:8999"
    assert not access.refuses(request(Host=host, Origin=f"http://{host}", Sec_Fetch_Site="same-origin"))
    for origin in ("http://127.0.0.1:8999", "https://localhost:8999", "null", ""):
        assert access.refuses(request(Host=host, Origin=origin))
    assert access.refuses(request(Host=host, Sec_Fetch_Site="cross-site"))


def test_without_a_token_everybody_has_it() -> None:
    assert Access("localhost", 8999, None).has_credential(request())


def test_a_token_leaves_the_address_and_never_leads_to_another_host() -> None:
    access = Access("localhost", 8999, "s3 cret")
    assert not access.has_credential(request())
    assert access.has_credential(request(Authorization="Bearer s3 cret"))
    assert access.without_token(request("/a?x=1&token=s3+cret&y=")) == "/a?x=1&y="
    assert access.without_token(request("//evil.example/a?token=s3+cret")) == "/evil.example/a"
    assert access.without_token(request("/a?token=wrong")) is None
    assert access.without_token(request("/a?token=s3+cret", "POST")) is None
    assert access.has_credential(request(Cookie=f"a=b; {access.cookie().partition(';')[0]}"))
    assert not access.has_credential(request(Cookie=f"{access.cookie_name}=wrong"))
