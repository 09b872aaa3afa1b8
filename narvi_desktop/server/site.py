"""A site, the origin of one workspace: its port, host names, cookie and one-time tickets."""

from __future__ import annotations

import hmac
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit, urlunsplit

from .errors import PortUnavailable

BASE_PATH = "/narvi"
TICKET_PATH = "/ticket/"


@dataclass
class Site:
    """The origin that a workspace is served on.

    Attributes:
        port: of its loopback socket.
        cookie_value: what the browser gets for a ticket; new each run, 256 bits.
    """

    workspace: str
    port: int
    clock: Callable[[], float] = time.monotonic
    cookie_value: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _tickets: dict[str, tuple[str, float]] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset({f"127.0.0.1:{self.port}", f"localhost:{self.port}"})

    @property
    def cookie_name(self) -> str:
        # Ports share cookies, so the name holds the port.
        return f"narvi_{self.port}"

    @property
    def root(self) -> str:
        """The path that all addresses of this workspace start with."""
        return f"{BASE_PATH}/{quote(self.workspace, safe='')}/"

    def path(self, app: str, service_id: str | None) -> str:
        """Return the path of an app's page; without a service id the one that redirects."""
        parts = [app] if service_id is None else [app, service_id]
        return self.root + "/".join([*(quote(part, safe="") for part in parts), "index.html"])

    def issue_ticket(self, path: str, life: float) -> str:
        """Issue a one-time URL that authorizes a browser within `life` seconds and leads to `path`."""
        self._drop_expired()
        ticket = secrets.token_urlsafe(32)
        self._tickets[ticket] = (path, self.clock() + life)
        return f"{self.origin}{TICKET_PATH}{ticket}"

    def ticket_valid(self, ticket: str) -> bool:
        self._drop_expired()
        return self._match(ticket) is not None

    def spend_ticket(self, ticket: str) -> str | None:
        """Redeem a ticket for the path it leads to; None if it is unknown, used or expired."""
        self._drop_expired()
        known = self._match(ticket)
        return None if known is None else self._tickets.pop(known)[0]

    def unspent_tickets(self) -> int:
        self._drop_expired()
        return len(self._tickets)

    def _match(self, ticket: str) -> str | None:
        # Compared in constant time, each as bytes: a lookup would tell how much of a guess is right.
        guess = ticket.encode("utf-8", "replace")
        return next((known for known in self._tickets if hmac.compare_digest(known.encode(), guess)), None)

    def _drop_expired(self) -> None:
        now = self.clock()
        for ticket in [ticket for ticket, (_, until) in self._tickets.items() if until < now]:
            del self._tickets[ticket]


class Sites:
    """Which site serves a workspace: each has its own, opened at its first use and kept until the runtime ends.

    Args:
        bind: a listening socket for a workspace. Raises OSError.
        listen: takes the socket of a site that is opened.
    """

    def __init__(
        self, bind: Callable[[str], socket.socket], listen: Callable[[socket.socket], None]
    ) -> None:
        self._bind = bind
        self._listen = listen
        self._by_workspace: dict[str, Site] = {}
        self._by_port: dict[int, Site] = {}

    def on_port(self, port: int) -> Site | None:
        return self._by_port.get(port)

    def of_url(self, url: str) -> Site | None:
        """Return the site that a URL leads to, or None for a foreign one."""
        try:
            parts = urlsplit(url)
            site = self.on_port(parts.port or 80)
        except ValueError:
            return None
        return site if site is not None and parts.netloc.rpartition("@")[2].lower() in site.hosts else None

    def of_workspace(self, workspace: str) -> Site:
        """Return the workspace's site, opening it first if needed. Raises PortUnavailable."""
        site = self._by_workspace.get(workspace)
        if site is None:
            try:
                sock = self._bind(workspace)
            except OSError as error:
                raise PortUnavailable(workspace, error.strerror or str(error)) from error
            site = Site(workspace, sock.getsockname()[1])
            self._by_workspace[workspace] = self._by_port[site.port] = site
            self._listen(sock)
        return site

    def origins(self) -> dict[str, str]:
        """Return the origin of each workspace that has been used."""
        return {workspace: site.origin for workspace, site in self._by_workspace.items()}

    def issue_ticket(self, workspace: str, app: str, service_id: str | None, life: float) -> str:
        """Issue a one-time URL for an app's page, good for `life` seconds. Raises PortUnavailable."""
        site = self.of_workspace(workspace)
        return site.issue_ticket(site.path(app, service_id), life)

    def link_out(self, workspace: str, url: str, life: float) -> str | None:
        """Return the URL by which the user's browser may follow a page's link, or None where it must not.

        The user's browser may hold cookies of other workspaces: a page must not send it there.
        """
        site = self.of_url(url)
        if site is None:
            return url if urlsplit(url).scheme in ("http", "https", "mailto") else None
        parts = urlsplit(url)
        if site.workspace != workspace or not parts.path.startswith(site.root):
            return None
        return site.issue_ticket(urlunsplit(("", "", parts.path, parts.query, parts.fragment)), life)

    def unspent_tickets(self) -> int:
        return sum(site.unspent_tickets() for site in self._by_port.values())
