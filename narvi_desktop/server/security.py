"""Who may come in: Host, Origin and fetch metadata, credentials, in this order, before any route.

Decisions on one request's facts; `gateway.py` asks and refuses.
"""

from __future__ import annotations

import hmac
import re
from typing import Literal

from aiohttp.web import BaseRequest

from .site import TICKET_PATH, Site

Verdict = Literal["refused", "bearer", "cookie", "ticket"]

# On every answer, errors too. There is never an Access-Control-Allow-* header.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Ports of one host are one site, which a browser may put into one process; so each origin has its own.
    "Origin-Agent-Cluster": "?1",
}
_OUR_COOKIE = re.compile(r"narvi_\d+=")
REFUSAL = b"403: not allowed. Open this app from narvi-desktop.\n"


def authorize(request: BaseRequest, site: Site, token: bytes) -> Verdict:
    """Decide by which credential this request is allowed, or "refused"."""
    if not request.raw_path.startswith("/") or not _host_is_ours(request, site):
        return "refused"
    ticket = _unspent_ticket(request, site)
    if not _source_is_ours(request, ticket):
        return "refused"
    if "Authorization" in request.headers:
        # A wrong bearer wins over a good cookie.
        return "bearer" if _bearer_matches(request, token) else "refused"
    if ticket:
        return "ticket"
    if not _cookie_matches(request, site):
        return "refused"
    # Browsers send Origin with every WebSocket: one without comes from a program, and those have the token.
    if _is_upgrade(request) and "Origin" not in request.headers:
        return "refused"
    return "cookie"


def app_headers(request: BaseRequest) -> dict[str, str]:
    """Return the headers that an app may see: without the credentials of any site."""
    headers = {name: value for name, value in request.headers.items() if name.lower() != "authorization"}
    for name in [name for name in headers if name.lower() == "cookie"]:
        parts = [part for part in headers[name].split(";") if not _OUR_COOKIE.match(part.strip())]
        headers[name] = ";".join(parts).strip()
        if not headers[name]:
            del headers[name]
    return headers


def comes_from_elsewhere(request: BaseRequest) -> bool:
    """Check whether the browser says that a page of another origin caused this request."""
    return any(value not in ("same-origin", "none") for value in request.headers.getall("Sec-Fetch-Site", []))


def _host_is_ours(request: BaseRequest, site: Site) -> bool:
    # The header itself: aiohttp's request.host falls back to something when there is none.
    hosts = request.headers.getall("Host", [])
    return len(hosts) == 1 and hosts[0].lower() in site.hosts


def _source_is_ours(request: BaseRequest, ticket: bool) -> bool:
    origins = request.headers.getall("Origin", [])
    expected = [f"http://{host}" for host in request.headers.getall("Host")]
    if origins and (len(origins) != 1 or origins != expected):
        return False
    if not comes_from_elsewhere(request):
        return True
    # A page on another port of 127.0.0.1 is same-site: only a person following a fresh link may come so.
    navigation = request.headers.get("Sec-Fetch-Mode") == "navigate"
    return ticket and navigation and request.headers.get("Sec-Fetch-Dest") == "document"


def _unspent_ticket(request: BaseRequest, site: Site) -> bool:
    path = request.raw_path
    return request.method == "GET" and path.startswith(TICKET_PATH) and site.ticket_valid(path[len(TICKET_PATH) :])


def _bearer_matches(request: BaseRequest, token: bytes) -> bool:
    values = request.headers.getall("Authorization")
    scheme, _, value = values[0].partition(" ")
    return (
        len(values) == 1
        and scheme.lower() == "bearer"
        and hmac.compare_digest(value.encode("utf-8", "replace"), token)
    )


def _cookie_matches(request: BaseRequest, site: Site) -> bool:
    # A page of another port can add cookies of this name to ours, but no right one: that must not lock us out.
    wanted = site.cookie_value.encode()
    parts = [part for header in request.headers.getall("Cookie", []) for part in header.split(";")]
    found = [value for name, _, value in (part.strip().partition("=") for part in parts) if name == site.cookie_name]
    return any([hmac.compare_digest(value.encode("utf-8", "replace"), wanted) for value in found])


def _is_upgrade(request: BaseRequest) -> bool:
    return "Upgrade" in request.headers


def set_cookie(site: Site) -> str:
    """Build the Set-Cookie header for a redeemed ticket: session only, no Domain, for its workspace's path."""
    return f"{site.cookie_name}={site.cookie_value}; Path={site.root}; HttpOnly; SameSite=Strict"
