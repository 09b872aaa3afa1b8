"""One running service: its state, its sessions, its request services; drives a worker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Protocol

from narvi_desktop.settings import Settings
from narvi_desktop.worker.link import Frame, Kind

from .delivery import SEND_KINDS, Delivery
from .errors import ServiceFailed, ServiceRefused
from .flow_control import FlowControl
from .logs import AppLog
from .registry import Service
from .request_calls import RequestCalls
from .request_services import RequestTable
from .session import SERVICE_RESTARTS, Session
from .stats import HistoryCursor, InstanceStats, SampleHistory
from .worker_link import WorkerLink


class InstanceDelegate(Protocol):
    """What an instance asks of the hub. All of it is called on the loop."""

    def deliver_app_message(self, sender: Instance, target: dict[str, Any], body: bytes) -> bool:
        """Put a message into another instance's inbox; False when there is none, or it is full."""

    def admin_data_since(self, cursor: HistoryCursor) -> dict[str, Any]:
        """Collect the admin data with the part of each history that is new since the last call."""

    def instance_ended(self, instance: Instance) -> None:
        """Forget an instance whose worker has ended."""

    def instance_idle(self, instance: Instance) -> None:
        """Stop an instance that nobody has used for its idle timeout."""


class Instance:
    """An instance of a service. Used on the event loop only; the worker's frames arrive there too.

    Args:
        number: unique in a run of the server.
        log: of the service.
    """

    def __init__(
        self, number: int, service: Service, service_id: str, settings: Settings, log: AppLog, hub: InstanceDelegate
    ) -> None:
        self.number = number
        self.service = service
        self.service_id = service_id
        self.started = time.monotonic()
        self.sessions: dict[int, Session] = {}
        self.requests = RequestTable()
        self.metrics = SampleHistory()
        self.metrics_metadata: dict[str, Any] = {}
        self.stats = InstanceStats(round(settings.monitoring_retention / settings.monitoring_interval))
        # Set by the worker, each time that its admin listener has returned: a slow one skips rounds.
        self.wants_admin_data = False
        # Whether it was started by the program: not asked for by a page, so no validator, and no idle timeout.
        self.pinned = False
        self.stopping = False
        self.ended = asyncio.Event()
        self.last_used = time.monotonic()
        self._admin_cursor = HistoryCursor()
        self._hub = hub
        self._settings = settings
        self._log = log
        self._worker = WorkerLink(service, log, self._on_frames, self._on_exit)
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._flow_control = FlowControl(settings.inbox_messages, settings.inbox_bytes)
        self._calls = RequestCalls(self._worker.post, settings.handler_timeout)
        self._delivery = Delivery(self.sessions, self.stats.traffic)
        self._last_session = 0
        self._idle: asyncio.TimerHandle | None = None
        self._stack_requested = False
        self._actions: dict[Kind, Callable[[Frame], None]] = {
            Kind.READY: lambda frame: self._set_ready(None),
            Kind.FAILED: lambda frame: self._set_ready(ServiceFailed(frame.head["traceback"])),
            Kind.REFUSED: lambda frame: self._set_ready(ServiceRefused()),
            Kind.DONE: lambda frame: self._flow_control.release(frame.number),
            Kind.ADD_REQUEST_SERVICE: self._add_request_service,
            Kind.REMOVE_REQUEST_SERVICE: lambda frame: self.requests.remove(frame.head["id"]),
            Kind.RESPONSE: self._calls.respond,
            Kind.APP_MESSAGE_TO: self._app_message_to,
            Kind.ADMIN_WANTED: lambda frame: setattr(self, "wants_admin_data", True),
            Kind.METRICS: self._store_metrics,
            Kind.CALLBACK_TIMINGS: lambda frame: self.stats.update(frame.head, frame.number, time.monotonic()),
            Kind.STACK: self._warn_of_stack,
        }

    @property
    def has_started(self) -> bool:
        """Whether its constructor has returned."""
        return self._ready.done() and not self._ready.cancelled() and self._ready.exception() is None

    @property
    def running(self) -> bool:
        return self.has_started and not self.stopping and not self.ended.is_set()

    @property
    def uptime(self) -> float:
        return time.monotonic() - self.started

    @property
    def state(self) -> tuple[str, float]:
        """The state and its age in seconds: starting, running, idle, stuck or stopping."""
        now = time.monotonic()
        if not self._ready.done():
            return "starting", self.uptime
        if not self.running:
            return "stopping", self.uptime
        busy = self.stats.running_callback(now)
        if busy is not None and busy[1] >= self._settings.stuck_after:
            return "stuck", busy[1]
        return ("running", self.uptime) if self.busy() else ("idle", now - self.last_used)

    @property
    def waiting(self) -> dict[str, int]:
        """Lengths of the queues: with the runtime, in the worker, to the pages."""
        to_pages = sum(session.waiting for session in self.sessions.values())
        return {"to_worker": len(self._flow_control), "in_worker": self.stats.inbox, "to_pages": to_pages}

    @property
    def pid(self) -> int | None:
        return self._worker.pid

    # Life.

    async def start(self) -> None:
        """Start the worker and wait until its constructor has run.

        Raises:
            ServiceRefused, ServiceFailed.
        """
        try:
            await self._worker.start(self.service_id, validate=not self.pinned)
        except ServiceFailed:
            self.ended.set()
            raise
        try:
            await asyncio.wait_for(asyncio.shield(self._ready), self._settings.start_timeout)
        except TimeoutError:
            self.kill()
            limit = f"{self._settings.start_timeout:g} s"
            raise ServiceFailed(
                f"the constructor of {self.service.class_name} has not returned within {limit}"
            ) from None
        self._watch_idle()

    async def stop(self, code: int, reason: str) -> None:
        """Close the sessions, let the close listeners run, then end the worker; safe to call twice."""
        if not self.stopping:
            self.stopping = True
            for session in list(self.sessions.values()):
                session.close(code, reason)
            self._worker.post(Frame(Kind.STOP))
        try:
            await asyncio.wait_for(self.ended.wait(), self._settings.stop_instance)
        except TimeoutError:
            self._log.log("the service did not end in time and is killed")
            self.kill()
            # A killed process is waited for, so that its successor never meets it; a thread cannot be.
            if self._worker.is_process:
                await self.ended.wait()

    def kill(self) -> None:
        self._worker.kill()

    # From the sessions and routes.

    def open_session(self, session: Session, query: dict[str, str], headers: dict[str, str]) -> None:
        self._cancel_idle()
        self.sessions[session.number] = session
        head = {"app": session.app, "session_id": session.session_id, "query": query, "headers": headers}
        self._worker.post(Frame(Kind.SESSION_OPENED, session.number, head))

    def close_session(self, session: Session) -> None:
        if self.sessions.pop(session.number, None) is None:
            return
        self.last_used = time.monotonic()
        self.requests.drop_session(session.session_id)
        self._worker.post(Frame(Kind.SESSION_CLOSED, session.number))
        self._watch_idle()

    def next_session_number(self) -> int:
        self._last_session += 1
        return self._last_session

    async def message(self, session: Session, text: bool, body: bytes) -> None:
        """Pass on a page's message; waits while the worker is behind, which pauses the page's socket."""
        # Looked at again: of all that a single credit has woken, the first takes it.
        while not self._flow_control.available.is_set():
            await self._flow_control.available.wait()
        self._flow_control.acquire(len(body))
        session.traffic.count_in(len(body))
        self.stats.traffic.count_in(len(body))
        self._worker.post(Frame(Kind.TEXT if text else Kind.BYTES, session.number, None, body))

    async def request(
        self, handler_id: str, path: dict[str, str], query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Frame:
        """Call a request handler and return its response. Raises TimeoutError, ServiceFailed."""
        self.last_used = time.monotonic()
        self.stats.requests += 1
        return await self._calls.call(handler_id, path, query, headers, body)

    def app_message(self, sender: Service, service_id: str, body: bytes, data: Any = None) -> bool:
        """Put another app's message into the inbox; False when it is full."""
        if not self.running or not self._flow_control.available.is_set():
            return False
        self._flow_control.acquire(len(body))
        head = {"workspace": sender.workspace, "service": sender.name, "service_id": service_id}
        if sender.share_objects:
            head["data"] = data
        self._worker.post(Frame(Kind.APP_MESSAGE, 0, head, body))
        return True

    def request_metrics(self) -> None:
        """Ask for the app's metrics and the timings of its callbacks; a stuck one for its stack, once."""
        now = time.monotonic()
        busy = self.stats.running_callback(now)
        if busy is None or busy[1] < self._settings.stuck_warning:
            self._stack_requested = False
        elif not self._stack_requested:
            self._stack_requested = True
            self._worker.post(Frame(Kind.STACK_WANTED))
        self.stats.mark_requested(now)
        self._worker.post(Frame(Kind.METRICS_WANTED))

    def send_admin_data(self) -> None:
        """Send what is new since the last round; the worker has kept the rest."""
        self.wants_admin_data = False
        self._worker.post(Frame(Kind.ADMIN_DATA, 0, self._hub.admin_data_since(self._admin_cursor)))

    def busy(self) -> bool:
        return bool(self.sessions or self._calls)

    # To and from the worker.

    def _on_frames(self, frames: list[Frame]) -> None:
        for frame in frames:
            if frame.kind in SEND_KINDS:
                self._delivery.put(frame)
            elif frame.kind in self._actions:
                self._actions[frame.kind](frame)
        self._delivery.flush()

    def _add_request_service(self, frame: Frame) -> None:
        head = frame.head
        self.requests.add(head["id"], head["app"], head["session"], head["method"], head["pattern"])

    def _app_message_to(self, frame: Frame) -> None:
        found = self._hub.deliver_app_message(self, frame.head, frame.body)
        self._worker.post(Frame(Kind.APP_ANSWER, frame.number, found))

    def _store_metrics(self, frame: Frame) -> None:
        self.metrics_metadata = frame.head["metadata"]
        self.metrics.add(frame.head["time"], frame.head["values"])
        self.metrics.drop_older(frame.head["time"] - self._settings.monitoring_retention)

    def _warn_of_stack(self, frame: Frame) -> None:
        limit = self._settings.stuck_warning
        self._log.log(f"{frame.head['name']} has not returned for {limit:g} s; it stands at\n{frame.head['stack']}")

    def _set_ready(self, error: Exception | None) -> None:
        if self._ready.done():
            return
        if error is None:
            self._ready.set_result(None)
        else:
            self._ready.set_exception(error)
            self._ready.exception()  # marks it as retrieved: the caller of start may have been cancelled

    def _on_exit(self, reason: str) -> None:
        self.ended.set()
        self._cancel_idle()
        self._set_ready(ServiceFailed(f"the worker {reason or 'has ended'}\n{self._log.tail()}"))
        if not self.stopping and reason:
            self._log.log(f"the worker of {self.service.name}/{self.service_id} {reason}")
        for session in list(self.sessions.values()):
            session.close(SERVICE_RESTARTS, "the service has ended")
        self._calls.fail_all(reason)
        self._flow_control.available.set()
        self._hub.instance_ended(self)

    # Idle.

    def _watch_idle(self) -> None:
        if not self.service.shared:
            limit: float | None = 0 if self._last_session else self._settings.spare_life
        else:
            limit = None if self.service.fixed_service_id is not None else self.service.idle_timeout
        if limit == 0 and not self._last_session:
            limit = self._settings.spare_life  # the page that it was started for has yet to connect
        if limit is None or self.pinned or self.sessions or self.stopping or self.ended.is_set():
            return
        self._cancel_idle()
        self._idle = asyncio.get_running_loop().call_later(limit, self._hub.instance_idle, self)

    def _cancel_idle(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
