"""The commands that show apps: open, url."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

from narvi_desktop.control.answers import OpenAnswer
from narvi_desktop.control.errors import ControlError, ExitCode, RuntimeLeaving
from narvi_desktop.control.requests import OpenRequest, Target
from narvi_desktop.library.finder import AmbiguousName, AppNotFound
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.runtime.app_registry import AppRegistry, RegisteredApp
from narvi_desktop.runtime.idle_shutdown import IdleShutdown
from narvi_desktop.runtime.presenting import Presenter, WindowContent
from narvi_desktop.runtime.tickets import Tickets
from narvi_desktop.server.error_pages import ErrorPage, ErrorPages
from narvi_desktop.server.errors import ServiceFailed, ServiceRefused, StillFailing
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.site import Sites
from narvi_desktop.state.names import SYSTEM, WindowKey
from narvi_desktop.state.recent_apps import RecentApps
from narvi_desktop.windows.manager import WindowManager
from narvi_desktop.windows.types import WindowFailed, WindowOptions


class WindowCommands:
    """Used on the event loop only."""

    def __init__(
        self,
        hub: Hub,
        sites: Sites,
        registry: AppRegistry,
        presenter: Presenter,
        windows: WindowManager,
        tickets: Tickets,
        error_pages: ErrorPages,
        recents: RecentApps,
        idle: IdleShutdown,
    ) -> None:
        self._hub = hub
        self._sites = sites
        self._registry = registry
        self._presenter = presenter
        self._windows = windows
        self._tickets = tickets
        self._error_pages = error_pages
        self._recents = recents
        self._idle = idle

    async def open(self, request: OpenRequest) -> OpenAnswer:
        """Start the app's service and show its page."""
        if self._idle.leaving:
            raise RuntimeLeaving
        directory = None if request.directory is None else Path(request.directory)
        try:
            app = self._registry.resolve(request.target, directory)
        except (AppNotFound, AmbiguousName):
            raise
        except LibraryError as error:
            shown = request.show == "window" and await self._show_unusable(request)
            raise ControlError(str(error), exit_code=ExitCode.USAGE, shown=shown) from error
        service_id = app.resolve_service_id(request.target.service_id)
        if app.service.workspace != SYSTEM:
            self._recents.record(app.ref, None if app.service.fixed_service_id else service_id)
        failure = None if service_id is None else await self._start(app, service_id)
        content = WindowContent.of_app(app, service_id)
        if failure is not None:
            if request.show == "window":
                # Who double-clicks sees no terminal: a window shows the error.
                failure.shown = await self._try_window(content, request)
            raise failure
        if request.show == "none" or request.show == "print":
            answer = self._printed(app, service_id)
            message = f"{app.title} runs." if request.show == "none" else str(answer.ticket_url)
            return replace(answer, shown=request.show, message=message)
        try:
            way, message = await self._presenter.show(request.show, content, request.options)
        except WindowFailed as error:
            answer = self._printed(app, service_id)
            message = f"{app.title} has no window and no browser ({error}); open this address: {answer.ticket_url}"
            return replace(answer, shown="print", message=message)
        return replace(self._address(app, service_id), shown=way, message=message)

    async def url(self, target: Target) -> OpenAnswer:
        """Return a fresh ticket URL."""
        app = self._registry.resolve(target)
        return self._printed(app, app.resolve_service_id(target.service_id))

    async def _start(self, app: RegisteredApp, service_id: str) -> ControlError | None:
        """Start the service; return the failure, to be raised when a window has shown it."""
        self._hub.forget_failures(app.service, service_id)
        try:
            await self._hub.acquire(app.service, service_id, for_session=False)
        except ServiceRefused:
            sentence = f"{app.app.name} does not know the service id {service_id!r}."
            raise ControlError(sentence, exit_code=ExitCode.USAGE) from None
        except ServiceFailed as error:
            log = self._hub.log_of(app.service).path
            return ControlError(f"{app.title} could not start; its log is {log}.", error.detail)
        return None

    async def _try_window(self, content: WindowContent, request: OpenRequest) -> bool:
        """Show a window if possible; return whether there is one."""
        with contextlib.suppress(WindowFailed):
            await self._presenter.in_window(content, request.options)
            return True
        return False

    async def _show_unusable(self, request: OpenRequest) -> bool:
        """Show a window with what is wrong with an app's folder, and opens the app once that is fixed."""
        ref = request.target.app
        assert ref is not None  # what is named by its service is registered, so its folder can be used

        def attempt() -> str | None:
            try:
                app = self._registry.resolve(request.target)
                app_key = app.key(app.resolve_service_id(request.target.service_id))
            except (LibraryError, ControlError) as error:
                raise StillFailing(str(error)) from error
            return self._navigate(key, app_key)

        page = ErrorPage(ref.last_part, f"{ref} cannot be opened.", "", "Nothing was started.", attempt)
        key = WindowKey(SYSTEM, "broken", self._error_pages.add(str(ref), page))
        content = WindowContent(key, WindowOptions(ref.last_part, width=800, height=600))
        return await self._try_window(content, request)

    def _navigate(self, key: WindowKey, app_key: WindowKey) -> str | None:
        """Make the windows that show one key show another; without any return a URL for the caller's browser."""
        identities = self._windows.showing(key)
        for identity in identities:
            self._windows.navigate(identity, app_key, self._tickets.issue(app_key))
        return None if identities else self._tickets.issue(app_key)

    def _printed(self, app: RegisteredApp, service_id: str | None) -> OpenAnswer:
        """Answer with a ticket for a person or a program that uses it some time from now."""
        ticket_url = self._tickets.issue_printed(app.key(service_id))
        return replace(self._address(app, service_id), ticket_url=ticket_url)

    def _address(self, app: RegisteredApp, service_id: str | None) -> OpenAnswer:
        workspace, name = app.service.workspace, app.app.name
        site = self._sites.of_workspace(workspace)
        return OpenAnswer(workspace, name, site.origin + site.path(name, service_id), service_id)
