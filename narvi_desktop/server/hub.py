"""The services that run: finds, starts and stops their instances, and delivers app-to-app messages."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

from narvi_desktop.settings import Settings

from .admin_data import add_runtime, collect_admin_data
from .errors import ServiceFailed, ServiceRefused
from .instance import Instance
from .logs import AppLog
from .message_log import MessageLog
from .registry import Registry, Service
from .session import GOING_AWAY, SERVICE_RESTARTS
from .starting import InstanceKey, InstanceStarter, key_of
from .stats import HistoryCursor, RuntimeStats, SampleHistory


class Hub(Registry):
    """A registry whose services run. Used on the event loop only: it needs no locks.

    Args:
        logs: the folder with a log file per service.
    """

    def __init__(self, settings: Settings, logs: Path) -> None:
        super().__init__()
        self.settings = settings
        self.instances: set[Instance] = set()
        self.closing = False
        self.stats = RuntimeStats(round(settings.monitoring_retention / settings.monitoring_interval))
        self.message_log = MessageLog()
        self._log_folder = logs
        self._logs: dict[tuple[str, str], AppLog] = {}
        self._starter = InstanceStarter(settings, self._create_instance, self.instances.discard)
        self._restarts: Counter[InstanceKey] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_instance = 0

    def log_of(self, service: Service) -> AppLog:
        """Return the log of a service, one for all its instances."""
        key = (service.workspace, service.name)
        if key not in self._logs:
            self._logs[key] = AppLog(self._log_folder / f"{service.workspace}.{service.name}.log", self.settings)
        return self._logs[key]

    # Finding and starting.

    def running_instance(self, workspace: str, app_name: str, service_id: str) -> Instance | None:
        """Return the running shared instance behind an app, or None."""
        app = self.apps.get((workspace, app_name))
        return None if app is None else self._starter.shared_instance(app.service, service_id)

    async def acquire(
        self, service: Service, service_id: str, for_session: bool, pinned: bool = False
    ) -> Instance:
        """Return the running instance for a page or session; see `InstanceStarter.acquire`."""
        return await self._starter.acquire(service, service_id, for_session, pinned)

    def forget_failures(self, service: Service, service_id: str | None = None) -> None:
        """Let what is down or waits start at once, because a person asks."""
        self._starter.forget_failures(service, service_id)

    def failures_of(self, service: Service) -> Iterator[tuple[str, str, float, str]]:
        """Yield what has failed and does not run; see `InstanceStarter.failures_of`."""
        return self._starter.failures_of(service)

    def _create_instance(self, service: Service, service_id: str, pinned: bool) -> Instance:
        if self.closing or len(self.instances) >= self.settings.instance_limit:
            raise ServiceFailed("no further service can start: too many run, or the runtime is leaving")
        self._last_instance += 1
        log = self.log_of(service)
        instance = Instance(self._last_instance, service, service_id, self.settings, log, hub=self)
        instance.pinned = pinned
        self.instances.add(instance)
        return instance

    # What an instance asks of its hub.

    def deliver_app_message(self, sender: Instance, target: dict[str, Any], body: bytes) -> bool:
        """Put an app's message into the inbox of another; False when there is none, or it is full."""
        instance = self.running_instance(target["workspace"], target["app"], target["service_id"])
        data = target.get("data")
        found = instance is not None and instance.app_message(sender.service, sender.service_id, body, data)
        self.message_log.record(sender.service, sender.service_id, target, found, len(body))
        return found

    def admin_data_since(self, cursor: HistoryCursor) -> dict[str, Any]:
        """Collect the admin data with what is new of each history."""
        return self.collect(cursor)

    def instance_ended(self, instance: Instance) -> None:
        """Forget an instance whose worker has ended; start a background service again."""
        service = instance.service
        self._starter.forget(instance)
        known = instance in self.instances
        self.instances.discard(instance)
        if not known or instance.stopping or self.closing or not instance.has_started:
            return  # a start that fails is recorded by who started it
        self._restarts[key_of(service, instance.service_id)] += 1
        if self._starter.record_death(instance) and service.background:
            self._spawn(self._restart_background(service, instance.service_id))

    def instance_idle(self, instance: Instance) -> None:
        """Stop an instance that nobody has used for its idle timeout."""
        if not instance.busy() and not instance.pinned:
            self._spawn(instance.stop(GOING_AWAY, "idle"))

    async def _restart_background(self, service: Service, service_id: str) -> None:
        # A failure is recorded and logged where it happens.
        with contextlib.suppress(ServiceFailed, ServiceRefused):
            await self.acquire(service, service_id, for_session=service.shared)

    # Ending.

    async def restart(self, service: Service, service_id: str | None = None) -> int:
        """Stop the running instances; the pages that reconnect start them again. Returns how many ran."""
        for instance in self._chosen(service, service_id):
            self._restarts[key_of(service, instance.service_id)] += 1
        stopped = await self.stop(service, service_id, SERVICE_RESTARTS, "the service restarts")
        self.forget_failures(service, service_id)
        return stopped

    async def stop(
        self,
        service: Service | None = None,
        service_id: str | None = None,
        code: int = GOING_AWAY,
        reason: str = "stopped",
    ) -> int:
        """Stop instances: of one service id, of a service, or all. Returns how many."""
        chosen = self._chosen(service, service_id)
        await asyncio.gather(*(instance.stop(code, reason) for instance in chosen))
        return len(chosen)

    def _chosen(self, service: Service | None, service_id: str | None) -> list[Instance]:
        return [
            instance
            for instance in self.instances
            if service in (None, instance.service) and service_id in (None, instance.service_id)
        ]

    async def close(self) -> None:
        """Stop everything; nothing starts any more."""
        self.closing = True
        await self.stop()
        for task in list(self._tasks):
            task.cancel()

    # Numbers.

    def session_count(self) -> int:
        return sum(len(instance.sessions) for instance in self.instances)

    def restarts_of(self, instance: Instance) -> int:
        return self._restarts[key_of(instance.service, instance.service_id)]

    def admin_data(self, rounds: int | None = None) -> dict[str, Any]:
        """Return Narvi's admin data with the newest `rounds` of each history, None for all."""

        def newest(history: SampleHistory) -> list[list[Any]]:
            return history.newest(rounds)

        return self.collect(newest)

    def collect(self, take: Callable[[SampleHistory], list[list[Any]]]) -> dict[str, Any]:
        """Collect the admin data with a part of each history."""
        return add_runtime(collect_admin_data(self, take), self, take)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        # Kept: the loop itself holds its tasks weakly.
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
