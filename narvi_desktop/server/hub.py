"""Workspaces, registered services and apps, running instances; app-to-app delivery."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from narvi_desktop.settings import Settings

from .admin_data import admin_data
from .instance import Instance, InstanceFailed, InstanceRefused
from .logs import AppLog
from .message_log import MessageLog
from .resources import Resources, Roots
from .session import GOING_AWAY, SERVICE_RESTARTS
from .stats import RuntimeStats

logger = logging.getLogger("narvi_desktop.server")


@dataclass
class Service:
    """A registered application service.

    Attributes:
        service_class: the class itself, a dotted path, or ``module:Class``.
        validator: a callable or ``module:name``; (service_id) -> bool.
        isolation: "thread" (parameters may be any objects) or "process" (parameters are JSON types).
        python: the command of the interpreter, for processes.
    """

    workspace: str
    name: str
    service_class: Any
    parameters: dict[str, Any] = field(default_factory=dict)
    fixed_service_id: str | None = None
    shared: bool = True
    validator: Any = None
    idle_timeout: float = 3600
    isolation: str = "thread"
    python: Sequence[str] = (sys.executable,)
    folder: Path | None = None
    background: bool = False
    apps: dict[str, App] = field(default_factory=dict)

    @property
    def class_name(self) -> str:
        return str(getattr(self.service_class, "__qualname__", self.service_class))


@dataclass
class App:
    """A registered app: a page and the service that it talks to."""

    name: str
    service: Service
    parameters: dict[str, Any]
    resources: Resources
    service_chooser: str | None = None
    title: str = ""


@dataclass
class Failures:
    """How often in a row an instance has died, and when it may try again."""

    count: int = 0
    failed_at: float = 0.0
    retry_at: float = 0.0
    detail: str = ""

    def record(self, detail: str, lived: float, settings: Settings) -> None:
        self.count = 1 if lived >= settings.steady_after else self.count + 1
        delays = settings.restart_delays
        self.failed_at = time.monotonic()
        self.retry_at = self.failed_at + delays[min(self.count, len(delays)) - 1]
        self.detail = detail

    def down(self, settings: Settings) -> bool:
        return self.count >= len(settings.restart_delays)


class Hub:
    """Belongs to the loop altogether."""

    def __init__(self, settings: Settings, logs: Path) -> None:
        self.settings = settings
        self.services: dict[tuple[str, str], Service] = {}
        self.apps: dict[tuple[str, str], App] = {}
        self.instances: set[Instance] = set()
        self.closing = False
        rounds = round(settings.monitoring_retention / settings.monitoring_interval)
        self.stats = RuntimeStats(rounds)
        self.message_log = MessageLog()
        self.on_round: list[Callable[[], None]] = []
        # Around each round of monitoring: who measures before it, and who wants to know after it.
        self.before_monitoring: list[Callable[[], None]] = []
        self.after_monitoring: list[Callable[[], None]] = []
        self._logs = logs
        self._log_of: dict[tuple[str, str], AppLog] = {}
        self._shared: dict[tuple[str, str, str], Instance] = {}
        self._starting: dict[tuple[str, str, str], asyncio.Task[Instance]] = {}
        self._spares: dict[tuple[str, str, str], Instance] = {}
        self._failures: dict[tuple[str, str, str], Failures] = {}
        self._restarts: Counter[tuple[str, str, str]] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_instance = 0

    # Registering: what Narvi's register_service and register_app take.

    def register_service(self, service: Service) -> Service:
        """Raises ValueError when the workspace has a service of this name."""
        key = (service.workspace, service.name)
        if key in self.services:
            raise ValueError(f"the workspace {service.workspace!r} has a service {service.name!r} already")
        self.services[key] = service
        return service

    def register_app(
        self,
        app_name: str,
        service: Service,
        parameters: Mapping[str, Any] | None = None,
        resource_roots: Roots | None = None,
        service_chooser: str | None = None,
        title: str = "",
    ) -> App:
        """Raises ValueError when the workspace has an app of this name."""
        key = (service.workspace, app_name)
        if key in self.apps:
            raise ValueError(f"the workspace {service.workspace!r} has an app {app_name!r} already")
        resources = Resources(resource_roots or {})
        app = App(app_name, service, dict(parameters or {}), resources, service_chooser, title)
        self.apps[key] = service.apps[app_name] = app
        return app

    def unregister(self, workspace: str, names: Collection[str] | None = None) -> None:
        """Forget services of a workspace, none of which runs, with their apps; None: all of them."""
        keys = [key for key in self.services if key[0] == workspace and (names is None or key[1] in names)]
        for key in keys:
            for app in self.services.pop(key).apps:
                del self.apps[workspace, app]

    def log_of(self, service: Service) -> AppLog:
        key = (service.workspace, service.name)
        if key not in self._log_of:
            path = self._logs / f"{service.workspace}.{service.name}.log"
            self._log_of[key] = AppLog(path, self.settings)
        return self._log_of[key]

    # Finding and starting.

    def running_instance(self, workspace: str, app_name: str, service_id: str) -> Instance | None:
        """The running shared instance behind an app, or None."""
        app = self.apps.get((workspace, app_name))
        if app is None:
            return None
        instance = self._shared.get((workspace, app.service.name, service_id))
        return instance if instance is not None and instance.running else None

    async def acquire(self, service: Service, service_id: str, for_session: bool) -> Instance:
        """The running instance that a page or session of this service id meets.

        Args:
            for_session: a session of a service that is not shared takes its instance for itself;
                the page before it only makes sure that there will be one.

        Raises:
            InstanceRefused: the validator says no.
            InstanceFailed: it cannot start now; back-off counts for sessions.
        """
        key = (service.workspace, service.name, service_id)
        if service.fixed_service_id is not None and service_id != service.fixed_service_id:
            raise InstanceRefused
        instances_by_key = self._shared if service.shared else self._spares
        while True:
            instance = instances_by_key.get(key)
            if instance is not None and instance.running:
                break
            if instance is not None and instance.stopping:
                # The old instance is fully closed before the new one opens sessions.
                await instance.ended.wait()
            task = self._starting.get(key)
            if task is None:
                task = asyncio.ensure_future(self._start(service, service_id, wait=for_session))
                self._starting[key] = task
                task.add_done_callback(lambda done: self._started(key, done, instances_by_key))
            instance = await asyncio.shield(task)
            if service.shared or not for_session or instances_by_key.get(key) is instance:
                break
        if not service.shared and for_session:
            del instances_by_key[key]
        return instance

    def _started(
        self,
        key: tuple[str, str, str],
        task: asyncio.Task[Instance],
        instances_by_key: dict[tuple[str, str, str], Instance],
    ) -> None:
        self._starting.pop(key, None)
        if not task.cancelled() and task.exception() is None and not task.result().ended.is_set():
            instances_by_key[key] = task.result()

    async def _start(self, service: Service, service_id: str, wait: bool) -> Instance:
        key = (service.workspace, service.name, service_id)
        failures = self._failures.setdefault(key, Failures())
        pause = failures.retry_at - time.monotonic()
        if wait and failures.down(self.settings):
            times = f"It failed {failures.count} times in a row and stays down until asked."
            raise InstanceFailed(f"{failures.detail}\n{times}")
        if pause > 0 and not wait:
            raise InstanceFailed(failures.detail)
        if pause > 0:
            await asyncio.sleep(pause)
        if self.closing or len(self.instances) >= self.settings.instance_limit:
            raise InstanceFailed("no further service can start: too many run, or the runtime is leaving")
        instance = Instance(self, service, service_id)
        self.instances.add(instance)
        try:
            await instance.start()
        except InstanceRefused:
            self._failures.pop(key, None)
            raise
        except InstanceFailed as error:
            failures.record(error.detail, 0, self.settings)
            self._failures[key] = failures
            raise
        finally:
            if instance.ended.is_set():
                self.instances.discard(instance)
        return instance

    def forget_failures(self, service: Service, service_id: str | None = None) -> None:
        """A person asks: what is down or waits may try at once."""
        for key in list(self._failures):
            if key[:2] == (service.workspace, service.name) and service_id in (None, key[2]):
                del self._failures[key]

    # Ending.

    def instance_ended(self, instance: Instance) -> None:
        """Called by the instance when its worker has keys."""
        service = instance.service
        key = (service.workspace, service.name, instance.service_id)
        for instances_by_key in (self._shared, self._spares):
            if instances_by_key.get(key) is instance:
                del instances_by_key[key]
        known = instance in self.instances
        self.instances.discard(instance)
        if not known or instance.stopping or self.closing or not instance.has_started:
            return  # a start that fails is noted where it was asked for
        self._restarts[key] += 1
        failures = self._failures.setdefault(key, Failures())
        failures.record("the worker ended by itself", instance.uptime, self.settings)
        if service.background and not failures.down(self.settings):
            self._spawn(self._restart_background(service, instance.service_id))

    async def _restart_background(self, service: Service, service_id: str) -> None:
        # A failure is noted and logged where it happens.
        with contextlib.suppress(InstanceFailed, InstanceRefused):
            await self.acquire(service, service_id, for_session=service.shared)

    def stop_idle(self, instance: Instance) -> None:
        if not instance.busy():
            self._spawn(instance.stop(GOING_AWAY, "idle"))

    async def restart(self, service: Service, service_id: str | None = None) -> int:
        """Stop the running instances; the pages that reconnect start them again. Returns how many ran."""
        for instance in self._chosen(service, service_id):
            self._restarts[service.workspace, service.name, instance.service_id] += 1
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

    # The rounds.

    def session_count(self) -> int:
        return sum(len(instance.sessions) for instance in self.instances)

    def admin_data(self, rounds: int | None = None) -> dict[str, Any]:
        """All services as Narvi's admin data shows them; `rounds`: how many of its history, None for all."""
        return admin_data(self, lambda history: history.newest(rounds))

    def next_instance_number(self) -> int:
        """From 1, each once in a run."""
        self._last_instance += 1
        return self._last_instance

    def restarts_of(self, instance: Instance) -> int:
        return self._restarts[instance.service.workspace, instance.service.name, instance.service_id]

    def failures_of(self, service: Service) -> Iterator[tuple[str, str, float, str]]:
        """Service id, state, seconds and why, of what has failed and does not run: "restarting" or "failed"."""
        now = time.monotonic()
        for key, failures in self._failures.items():
            instance = self._shared.get(key)
            if key[:2] != (service.workspace, service.name) or not failures.count:
                continue
            if instance is None or not instance.running:
                waits = not failures.down(self.settings) and (key in self._starting or failures.retry_at > now)
                yield key[2], "restarting" if waits else "failed", now - failures.failed_at, failures.detail

    async def run_rounds(self) -> None:
        """Each second the pings, each monitoring interval the metrics and the admin listeners."""
        last = last_metrics = time.monotonic()
        pause = min(1.0, self.settings.monitoring_interval, self.settings.ping_after / 2)
        while True:
            before = time.monotonic()
            await asyncio.sleep(pause)
            now = time.monotonic()
            self.stats.lag = max(self.stats.lag, now - before - pause)
            # A machine that slept, or a loop that hung, says nothing about the other side.
            await self._ping(now, awake=now - last < 5)
            last = now
            if now - last_metrics >= self.settings.monitoring_interval:
                last_metrics = now
                self._monitor(now)
            for call in self.on_round:
                call()

    async def _ping(self, now: float, awake: bool) -> None:
        for instance in list(self.instances):
            for session in list(instance.sessions.values()):
                if session.needs_ping(now, awake):
                    # It may be going, or behind: the timer decides.
                    with contextlib.suppress(ConnectionError, TimeoutError, RuntimeError):
                        await asyncio.wait_for(session.socket.ping(), 0.1)

    def _monitor(self, now: float) -> None:
        """One round; a callback of ours that fails spoils nobody's next."""
        _call_each(self.before_monitoring)
        clock, rate = time.time(), 0.0
        for instance in self.instances:
            if instance.running:
                instance.stats.sample(clock, now, len(instance.sessions))
                rate += instance.stats.rate
                instance.request_metrics()
        self.stats.sample(clock, self.session_count(), rate)
        listening = [instance for instance in self.instances if instance.wants_admin_data and instance.running]
        for instance in listening:
            instance.send_admin_data()
        _call_each(self.after_monitoring)

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _call_each(callbacks: list[Callable[[], None]]) -> None:
    for callback in callbacks:
        try:
            callback()
        except Exception:
            logger.exception("a round of monitoring failed")
