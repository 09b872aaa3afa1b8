"""Starting instances: one start at a time for each service id, with back-off after failures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from narvi_desktop.settings import Settings

from .errors import ServiceFailed, ServiceRefused
from .instance import Instance
from .registry import Service

InstanceKey = tuple[str, str, int, str]  # workspace, service, its variant, service id


def key_of(service: Service, service_id: str) -> InstanceKey:
    return service.workspace, service.name, service.variant, service_id


@dataclass
class Failures:
    """How often in a row an instance has failed, and when it may be started again."""

    count: int = 0
    failed_at: float = 0.0
    retry_at: float = 0.0
    detail: str = ""

    def record(self, detail: str, lived: float, settings: Settings) -> None:
        """Count a failure; after `lived` seconds of steady life the count begins anew."""
        self.count = 1 if lived >= settings.steady_after else self.count + 1
        delays = settings.restart_delays
        self.failed_at = time.monotonic()
        self.retry_at = self.failed_at + delays[min(self.count, len(delays)) - 1]
        self.detail = detail

    def down(self, settings: Settings) -> bool:
        """Whether only a person can have it started again."""
        return self.count >= len(settings.restart_delays)


class InstanceStarter:
    """Finds the running instance of a service id, or starts one. Used on the event loop only.

    Args:
        create: a new instance that has not started. Raises ServiceFailed when none may start now.
        discard: forgets an instance whose start has failed.
    """

    def __init__(
        self,
        settings: Settings,
        create: Callable[[Service, str, bool], Instance],
        discard: Callable[[Instance], None],
    ) -> None:
        self._settings = settings
        self._create = create
        self._discard = discard
        self._shared: dict[InstanceKey, Instance] = {}
        # Of services that are not shared: started for the page, taken by the session that the page opens.
        self._spares: dict[InstanceKey, Instance] = {}
        self._starting: dict[InstanceKey, asyncio.Task[Instance]] = {}
        self._failures: dict[InstanceKey, Failures] = {}

    def shared_instance(self, service: Service, service_id: str) -> Instance | None:
        """Return the running shared instance, or None."""
        instance = self._shared.get(key_of(service, service_id))
        return instance if instance is not None and instance.running else None

    async def acquire(
        self, service: Service, service_id: str, for_session: bool, pinned: bool = False
    ) -> Instance:
        """Return the running instance for a page or session, starting it if needed.

        Args:
            for_session: a session of a service that is not shared takes its instance for itself;
                the page before it only makes sure that there will be one.
            pinned: one that is started now does not ask its validator and never times out.

        Raises:
            ServiceRefused: the validator says no.
            ServiceFailed: it cannot start now; a session waits for the back-off, a page does not.
        """
        key = key_of(service, service_id)
        if service.fixed_service_id is not None and service_id != service.fixed_service_id:
            raise ServiceRefused
        instances = self._shared if service.shared else self._spares
        while True:
            instance = instances.get(key)
            if instance is not None and instance.running:
                break
            if instance is not None and instance.stopping:
                # The old instance is fully closed before the new one opens sessions.
                await instance.ended.wait()
            task = self._starting.get(key)
            if task is None:
                task = asyncio.ensure_future(self._start(service, service_id, for_session, pinned))
                self._starting[key] = task
                task.add_done_callback(lambda done: self._started(key, done, instances))
            # Shielded: others wait for the same start, and one page that goes must not cancel it.
            instance = await asyncio.shield(task)
            # Of two sessions that waited for one spare only the first gets it; the other starts its own.
            if service.shared or not for_session or instances.get(key) is instance:
                break
        instance.pinned = instance.pinned or pinned
        if not service.shared and for_session:
            del instances[key]
            instance.pinned = False  # from now on it lives as long as the session
        return instance

    def _started(
        self, key: InstanceKey, task: asyncio.Task[Instance], instances: dict[InstanceKey, Instance]
    ) -> None:
        self._starting.pop(key, None)
        if not task.cancelled() and task.exception() is None and not task.result().ended.is_set():
            instances[key] = task.result()

    async def _start(self, service: Service, service_id: str, wait: bool, pinned: bool) -> Instance:
        key = key_of(service, service_id)
        failures = self._failures.setdefault(key, Failures())
        pause = failures.retry_at - time.monotonic()
        if wait and failures.down(self._settings):
            times = f"It failed {failures.count} times in a row and stays down until asked."
            raise ServiceFailed(f"{failures.detail}\n{times}")
        if pause > 0 and not wait:
            raise ServiceFailed(failures.detail)
        if pause > 0:
            await asyncio.sleep(pause)
        instance = self._create(service, service_id, pinned)
        try:
            await instance.start()
        except ServiceRefused:
            self._failures.pop(key, None)
            raise
        except ServiceFailed as error:
            failures.record(error.detail, 0, self._settings)
            # Set again: a person may have asked in the meantime, which forgets what failed before.
            self._failures[key] = failures
            raise
        finally:
            if instance.ended.is_set():
                self._discard(instance)
        return instance

    def forget_failures(self, service: Service, service_id: str | None = None) -> None:
        """Let what is down or waits start at once, because a person asks."""
        for key in list(self._failures):
            if key[:3] == key_of(service, "")[:3] and service_id in (None, key[3]):
                del self._failures[key]

    def record_death(self, instance: Instance) -> bool:
        """Count a worker that ended by itself; whether it may be started again without being asked."""
        failures = self._failures.setdefault(key_of(instance.service, instance.service_id), Failures())
        failures.record("the worker ended by itself", instance.uptime, self._settings)
        return not failures.down(self._settings)

    def forget(self, instance: Instance) -> None:
        """Forget an instance that has ended: the next page starts another."""
        key = key_of(instance.service, instance.service_id)
        for instances in (self._shared, self._spares):
            if instances.get(key) is instance:
                del instances[key]

    def failures_of(self, service: Service) -> Iterator[tuple[str, str, float, str]]:
        """Yield service id, state ("restarting" or "failed"), its age and the reason, of what does not run."""
        now = time.monotonic()
        for key, failures in self._failures.items():
            instance = self._shared.get(key)
            if key[:3] != key_of(service, "")[:3] or not failures.count:
                continue
            if instance is None or not instance.running:
                waits = not failures.down(self._settings) and (key in self._starting or failures.retry_at > now)
                yield key[3], "restarting" if waits else "failed", now - failures.failed_at, failures.detail
