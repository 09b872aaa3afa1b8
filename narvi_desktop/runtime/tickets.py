"""Tickets for pages: URLs that let one browser in, once."""

from __future__ import annotations

from narvi_desktop.server.site import Sites
from narvi_desktop.settings import Settings
from narvi_desktop.state.names import WindowKey

from .idle_shutdown import IdleShutdown


class Tickets:
    """All methods raise PortUnavailable when the workspace cannot be served."""

    def __init__(self, sites: Sites, idle: IdleShutdown, settings: Settings) -> None:
        self._sites = sites
        self._idle = idle
        self._life = settings.ticket_life
        self._printed_life = settings.printed_ticket_life
        self._keep_no_window = settings.keep_no_window

    def issue(self, key: WindowKey) -> str:
        """Return a ticket URL that a program uses at once."""
        return self._issue(key, self._life)

    def issue_printed(self, key: WindowKey) -> str:
        """Return a ticket URL for a person, who uses it some time from now."""
        self._idle.keep_alive(self._keep_no_window)
        return self._issue(key, self._printed_life)

    def issue_link(self, workspace: str, url: str) -> str | None:
        """Return the address by which the user's browser may follow a link of a page; None for none."""
        return self._sites.link_out(workspace, url, self._life)

    def is_unused(self, key: WindowKey, url: str) -> bool:
        """Return whether a ticket URL can still be used."""
        return self._sites.of_workspace(key.workspace).ticket_valid(url.rpartition("/")[2])

    def _issue(self, key: WindowKey, life: float) -> str:
        # Whoever has a ticket finds the runtime for as long as it is good.
        self._idle.keep_alive(life)
        return self._sites.issue_ticket(*key, life)
