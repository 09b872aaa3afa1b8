"""Who may come in to an embedded server: programs and people of this machine, but no other web site.

Plain addresses open, without a ticket: programs build their own URLs and hand them to browsers, and scripts POST
without an Origin. What is refused is what only a browser sends on behalf of another site's page. That protects from
web sites, not from other users of this machine: for those there is the token.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from urllib.parse import parse_qsl, urlencode

from aiohttp.web import BaseRequest

from narvi_desktop.server.security import comes_from_elsewhere

REFUSAL = b"403: not allowed. Type this address into the browser yourself; other web sites cannot lead here.\n"
_EVERY_ADDRESS = frozenset({"", "0.0.0.0", "::"})


class Access:
    """Judges requests by their headers.

    Args:
        host: as given to the server.
        port: that it listens on.
        token: a secret that each browser and script has to give, or None.
    """

    def __init__(self, host: str, port: int, token: str | None) -> None:
        self.token = token
        self.cookie_name = f"narvi_{port}"
        self._cookie_value = secrets.token_urlsafe(32)
        self._port = port
        self._every_address = host in _EVERY_ADDRESS
        self._names = {"localhost", "127.0.0.1", "[::1]"} if _is_loopback(host) else set()
        self._names.add(f"[{host}]" if ":" in host else host.lower())
        if self._every_address:
            self._names |= {"localhost", socket.gethostname().lower(), socket.getfqdn().lower()}

    def refuses(self, request: BaseRequest) -> bool:
        """Check whether the request comes from elsewhere: a foreign Host, Origin or site."""
        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1 or not self._is_own(hosts[0]):
            return True
        origins = request.headers.getall("Origin", [])
        if origins and origins != [f"http://{hosts[0]}"]:
            return True
        return comes_from_elsewhere(request)

    def has_credential(self, request: BaseRequest) -> bool:
        """Check the token, as a bearer or by the cookie that it has earned; without a token everybody has it."""
        if self.token is None:
            return True
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _same(value, self.token):
            return True
        parts = [part for header in request.headers.getall("Cookie", []) for part in header.split(";")]
        cookies = [part.strip().partition("=") for part in parts]
        return any(name == self.cookie_name and _same(value, self._cookie_value) for name, _, value in cookies)

    def without_token(self, request: BaseRequest) -> str | None:
        """Return the URL's path and query without the right token, or None if it has none."""
        path, _, query = request.raw_path.partition("?")
        pairs = parse_qsl(query, keep_blank_values=True)
        given = [value for name, value in pairs if name == "token"]
        if self.token is None or request.method != "GET" or not any(_same(value, self.token) for value in given):
            return None
        # One slash: two would make it the address of another host.
        path = "/" + path.lstrip("/")
        rest = urlencode([pair for pair in pairs if pair[0] != "token"])
        return f"{path}?{rest}" if rest else path

    def cookie(self) -> str:
        """Build the Set-Cookie header that spares the token from the next request on."""
        return f"{self.cookie_name}={self._cookie_value}; Path=/; HttpOnly; SameSite=Strict"

    def _is_own(self, host: str) -> bool:
        name, colon, port = host.lower().rpartition(":")
        if not colon or "]" in port:
            name, port = host.lower(), "80"
        if port != str(self._port):
            return False
        # A page can make its own name lead to this machine, but not a bare address: that would be another name.
        return name in self._names or (self._every_address and _is_address(name))


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    return _is_address(host) and ipaddress.ip_address(host.strip("[]")).is_loopback


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _same(guess: str, secret: str) -> bool:
    return hmac.compare_digest(guess.encode("utf-8", "replace"), secret.encode())
