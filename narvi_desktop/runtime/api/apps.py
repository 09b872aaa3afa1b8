"""The commands about apps and their services: restart, stop, apps, log, forget."""

from __future__ import annotations

from narvi_desktop.control.answers import AppListAnswer, LogAnswer, MessageAnswer, RestartAnswer, StopAnswer
from narvi_desktop.control.errors import ControlError, ExitCode
from narvi_desktop.control.requests import AppRequest, NoArguments, Target
from narvi_desktop.runtime.app_list import AppList
from narvi_desktop.runtime.app_registry import AppRegistry
from narvi_desktop.runtime.idle_shutdown import IdleShutdown
from narvi_desktop.server.hub import Hub
from narvi_desktop.server.registry import Service
from narvi_desktop.server.session import STOPPED
from narvi_desktop.state.recent_apps import RecentApps
from narvi_desktop.windows.manager import WindowManager

_LOG_LINES = 300


class AppCommands:
    """Used on the event loop only."""

    def __init__(
        self,
        hub: Hub,
        registry: AppRegistry,
        app_list: AppList,
        windows: WindowManager,
        recents: RecentApps,
        idle: IdleShutdown,
    ) -> None:
        self._hub = hub
        self._registry = registry
        self._app_list = app_list
        self._windows = windows
        self._recents = recents
        self._idle = idle

    async def restart(self, target: Target) -> RestartAnswer:
        """Restart the instances of a service."""
        service, title = self._service(target)
        count = await self._hub.restart(service, target.service_id)
        return RestartAnswer(count, f"{title}: {count} restarted.")

    async def stop(self, target: Target) -> StopAnswer:
        """Stop the instances of a service; without an app the runtime, after this answer."""
        if target.app is None and target.service is None:
            self._idle.leave()
            return StopAnswer(0, "narvi-desktop stops.")
        service, title = self._service(target)
        # Its windows first: a page whose service has gone would start it again.
        self._windows.close(
            lambda key: key.workspace == service.workspace
            and key.app in service.apps
            and target.service_id in (None, key.service_id)
        )
        count = await self._hub.stop(service, target.service_id, STOPPED, "stopped")
        return StopAnswer(count, f"{title}: {count} stopped.")

    async def apps(self, request: NoArguments) -> AppListAnswer:
        """List all apps that are known."""
        cards = await self._app_list.cards()
        return AppListAnswer(cards, first=not any(card.used for card in cards))

    async def log(self, request: AppRequest) -> LogAnswer:
        """Return the end of an app's log."""
        found = await self._app_list.find(request.app)
        if found is None:
            raise ControlError(f"There is no app {str(request.app)!r}.", exit_code=ExitCode.USAGE)
        service = self._hub.services.get((found.manifest.workspace, found.spec.service))
        if service is None:
            return LogAnswer(found.spec.title, "", "")
        log = self._hub.log_of(service)
        return LogAnswer(found.spec.title, str(log.path), log.tail(_LOG_LINES))

    async def forget(self, request: AppRequest) -> MessageAnswer:
        """Remove an app that was opened by path from the list; its folder stays as it is."""
        if not self._recents.forget(request.app):
            sentence = f"{str(request.app)!r} is not among the apps that were opened by path."
            raise ControlError(sentence, exit_code=ExitCode.USAGE)
        return MessageAnswer(f"{request.app} is not shown any more; its folder stays as it is.")

    def _service(self, target: Target) -> tuple[Service, str]:
        """Return a service and its name for a person: the app's title, or what the caller named it by."""
        if target.service is not None:
            return self._registry.service(target), f"{target.workspace}/{target.service}"
        app = self._registry.resolve(target)
        return app.service, app.title
