"""What belongs to one site: its port, its names, its cookie and its one-time tickets."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

BASE_PATH = "/narvi"
TICKET_PATH = "/ticket/"


@dataclass
class Site:
    """The origin that a workspace is served on.

    Attributes:
        port: of the loopback socket; known once it is bound.
        cookie_value: what the browser gets for a ticket; new each run, 256 bits.
    """

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

    def path(self, workspace: str, app: str, service_id: str | None) -> str:
        """The path of an app's page; without a service id the one that redirects."""
        parts = [workspace, app] if service_id is None else [workspace, app, service_id]
        return "/".join([BASE_PATH, *(quote(part, safe="") for part in parts), "index.html"])

    def issue_ticket(self, path: str, life: float) -> str:
        """A URL that lets its first user in, within `life` seconds, and leads to `path`."""
        self._drop_expired()
        ticket = secrets.token_urlsafe(32)
        self._tickets[ticket] = (path, self.clock() + life)
        return f"{self.origin}{TICKET_PATH}{ticket}"

    def ticket_valid(self, ticket: str) -> bool:
        self._drop_expired()
        return self._match(ticket) is not None

    def spend_ticket(self, ticket: str) -> str | None:
        """The path that the ticket leads to, once; None for a ticket that is unknown, spent or too old."""
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
    """Which site serves a workspace. All share one now; who asks must not know that."""

    def __init__(self) -> None:
        self._by_port: dict[int, Site] = {}
        self._shared: Site | None = None

    def add(self, site: Site) -> None:
        self._by_port[site.port] = site
        self._shared = self._shared or site

    def on_port(self, port: int) -> Site | None:
        return self._by_port.get(port)

    def of_workspace(self, workspace: str) -> Site:
        assert self._shared is not None, "a site is added when its socket is bound, before anything asks"
        return self._shared

    def issue_ticket(self, workspace: str, app: str, service_id: str | None, life: float) -> str:
        """A URL that lets its first user in to an app's page, within `life` seconds."""
        site = self.of_workspace(workspace)
        return site.issue_ticket(site.path(workspace, app, service_id), life)

    def unspent_tickets(self) -> int:
        return sum(site.unspent_tickets() for site in self._by_port.values())
