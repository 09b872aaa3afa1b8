"""One running service: its state, its sessions, its request services; drives a worker."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from narvi_desktop.worker.link import Frame, Kind

from .admin_data import HistoryCursor, admin_data
from .request_services import RequestTable
from .session import BYTES_OPCODE, SERVICE_RESTARTS, TEXT_OPCODE, Session, encode_message
from .stats import InstanceStats, SampleHistory
from .worker_backends import ProcessWorker, ThreadWorker, Worker

if TYPE_CHECKING:
    from .hub import Hub, Service


class InstanceRefused(Exception):
    """The service's validator does not know this service id."""


class InstanceFailed(Exception):
    """The service could not start, or has ended; `detail` is the traceback or what ended it."""

    def __init__(self, detail: str) -> None:
        super().__init__("the service could not start")
        self.detail = detail


@dataclass
class FlowControl:
    """What was sent to the worker and is not reported done: the rest waits with the runtime."""

    message_limit: int
    byte_limit: int
    available: asyncio.Event = field(default_factory=asyncio.Event)
    _sizes: deque[int] = field(default_factory=deque)
    _bytes: int = 0

    def __post_init__(self) -> None:
        self.available.set()

    def acquire(self, size: int) -> None:
        self._sizes.append(size)
        self._bytes += size
        if len(self._sizes) >= self.message_limit or self._bytes >= self.byte_limit:
            self.available.clear()

    def __len__(self) -> int:
        return len(self._sizes)

    def release(self, count: int) -> None:
        for _ in range(min(count, len(self._sizes))):
            self._bytes -= self._sizes.popleft()
        if len(self._sizes) < self.message_limit and self._bytes < self.byte_limit:
            self.available.set()


class Instance:
    """Belongs to the loop altogether; the worker's frames arrive there too."""

    def __init__(self, hub: Hub, service: Service, service_id: str) -> None:
        self.number = hub.next_instance_number()
        self.service = service
        self.service_id = service_id
        self.started = time.monotonic()
        self.sessions: dict[int, Session] = {}
        self.requests = RequestTable()
        self.metrics = SampleHistory()
        self.metrics_metadata: dict[str, Any] = {}
        self.stats = InstanceStats(round(hub.settings.monitoring_retention / hub.settings.monitoring_interval))
        # Set by the worker, each time that its listener has taken what it was given.
        self.wants_admin_data = False
        self._admin_cursor = HistoryCursor()
        self.stopping = False
        self.ended = asyncio.Event()
        self.last_used = time.monotonic()
        self._hub = hub
        self._settings = hub.settings
        self._log = hub.log_of(service)
        self._worker: Worker | None = None
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._to_worker: list[Frame] = []
        self._flow_control = FlowControl(self._settings.inbox_messages, self._settings.inbox_bytes)
        self._last_session = 0
        self._last_request = 0
        self._pending: dict[int, asyncio.Future[Frame]] = {}
        self._to_flush: set[Session] = set()
        self._idle: asyncio.TimerHandle | None = None
        self._stack_requested = False
        self._actions: dict[Kind, Callable[[Frame], None]] = {
            Kind.READY: lambda frame: self._set_ready(None),
            Kind.FAILED: lambda frame: self._set_ready(InstanceFailed(frame.head["traceback"])),
            Kind.REFUSED: lambda frame: self._set_ready(InstanceRefused()),
            Kind.DONE: lambda frame: self._flow_control.release(frame.number),
            Kind.ADD_REQUEST_SERVICE: self._add_request_service,
            Kind.REMOVE_REQUEST_SERVICE: lambda frame: self.requests.remove(frame.head["id"]),
            Kind.RESPONSE: self._respond,
            Kind.APP_MESSAGE_TO: self._app_message_to,
            Kind.ADMIN_WANTED: lambda frame: setattr(self, "wants_admin_data", True),
            Kind.METRICS: self._store_metrics,
            Kind.CALLBACK_TIMINGS: lambda frame: self.stats.update(frame.head, frame.number, time.monotonic()),
            Kind.STACK: self._warn_of_stack,
            Kind.STOPPED: lambda frame: None,
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
        """One word, and for how many seconds: starting, running, idle, stuck, stopping."""
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
        return self._worker.pid if isinstance(self._worker, ProcessWorker) else None

    # Life.

    async def start(self) -> None:
        """Start the worker and wait until its constructor has run.

        Raises:
            InstanceRefused, InstanceFailed.
        """
        service = self.service
        if service.isolation == "process":
            try:
                self._worker = await ProcessWorker.start(
                    service.python, service.folder, self._log, self._on_frames, self._on_exit
                )
            except OSError as error:
                self.ended.set()
                raise InstanceFailed(f"the interpreter {service.python[0]} could not be started: {error}") from error
        else:
            self._worker = ThreadWorker(service.name, self._log, self._on_frames, self._on_exit)
        self._post(Frame(Kind.START, 0, self._start_head()))
        try:
            await asyncio.wait_for(asyncio.shield(self._ready), self._settings.start_timeout)
        except TimeoutError:
            self.kill()
            raise InstanceFailed(
                f"the constructor of {service.class_name} has not returned within {self._settings.start_timeout:g} s"
            ) from None
        self._watch_idle()

    async def stop(self, code: int, reason: str) -> None:
        """Close the sessions, let the close listeners run, then end the worker; safe to call twice."""
        if not self.stopping:
            self.stopping = True
            for session in list(self.sessions.values()):
                session.close(code, reason)
            self._post(Frame(Kind.STOP))
        try:
            await asyncio.wait_for(self.ended.wait(), self._settings.stop_instance)
        except TimeoutError:
            self._log.log("the service did not end in time and is killed")
            self.kill()
            if isinstance(self._worker, ProcessWorker):
                await self.ended.wait()

    def kill(self) -> None:
        if self._worker is not None:
            self._worker.kill()

    # From the sessions and routes.

    def open_session(self, session: Session, query: dict[str, str], headers: dict[str, str]) -> None:
        self._cancel_idle()
        self.sessions[session.number] = session
        head = {"app": session.app, "session_id": session.session_id, "query": query, "headers": headers}
        self._post(Frame(Kind.SESSION_OPENED, session.number, head))

    def close_session(self, session: Session) -> None:
        if self.sessions.pop(session.number, None) is None:
            return
        self.last_used = time.monotonic()
        self.requests.drop_session(session.session_id)
        self._post(Frame(Kind.SESSION_CLOSED, session.number))
        self._watch_idle()

    def next_session_number(self) -> int:
        self._last_session += 1
        return self._last_session

    async def message(self, session: Session, text: bool, body: bytes) -> None:
        """Hand a page's message on; waits while the worker is behind, which pauses the page's socket."""
        await self._flow_control.available.wait()
        self._flow_control.acquire(len(body))
        session.traffic.count_in(len(body))
        self.stats.traffic.count_in(len(body))
        self._post(Frame(Kind.TEXT if text else Kind.BYTES, session.number, None, body))

    async def request(
        self, handler_id: str, path: dict[str, str], query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Frame:
        """The response of a request service. Raises TimeoutError, InstanceFailed."""
        self._last_request += 1
        number = self._last_request
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._pending[number] = answer
        self.last_used = time.monotonic()
        self.stats.requests += 1
        head = {"handler": handler_id, "path": path, "query": query, "headers": headers}
        self._post(Frame(Kind.REQUEST, number, head, body))
        try:
            return await asyncio.wait_for(answer, self._settings.handler_timeout)
        except (TimeoutError, asyncio.CancelledError):
            self._post(Frame(Kind.REQUEST_CANCELLED, number))
            raise
        finally:
            self._pending.pop(number, None)

    def app_message(self, sender: Service, service_id: str, body: bytes) -> bool:
        """Put another app's message into the inbox; False when it is full."""
        if not self.running or not self._flow_control.available.is_set():
            return False
        self._flow_control.acquire(len(body))
        head = {"workspace": sender.workspace, "service": sender.name, "service_id": service_id}
        self._post(Frame(Kind.APP_MESSAGE, 0, head, body))
        return True

    def request_metrics(self) -> None:
        """A round: the app's own metrics, and what the worker says of its callbacks."""
        now = time.monotonic()
        busy = self.stats.running_callback(now)
        if busy is None or busy[1] < self._settings.stuck_warning:
            self._stack_requested = False
        elif not self._stack_requested:
            self._stack_requested = True
            self._post(Frame(Kind.STACK_WANTED))
        self.stats.mark_requested(now)
        self._post(Frame(Kind.METRICS_WANTED))

    def send_admin_data(self) -> None:
        """What is new since the last time; the worker has kept the rest."""
        self.wants_admin_data = False
        self._post(Frame(Kind.ADMIN_DATA, 0, admin_data(self._hub, self._admin_cursor)))

    def busy(self) -> bool:
        return bool(self.sessions or self._pending)

    # To and from the worker.

    def _start_head(self) -> dict[str, Any]:
        service = self.service
        return {
            "workspace": service.workspace,
            "service": service.name,
            "service_id": self.service_id,
            "class": service.service_class,
            "validator": service.validator,
            "folder": None if service.folder is None else str(service.folder),
            "parameters": service.parameters,
            "apps": sorted(service.apps),
        }

    def _post(self, frame: Frame) -> None:
        """Many frames cross with one write: they leave at the end of this turn of the loop."""
        if not self._to_worker:
            asyncio.get_running_loop().call_soon(self._flush_to_worker)
        self._to_worker.append(frame)

    def _flush_to_worker(self) -> None:
        frames, self._to_worker = self._to_worker, []
        if self._worker is not None and not self.ended.is_set():
            self._worker.send(frames)

    def _on_frames(self, frames: list[Frame]) -> None:
        for frame in frames:
            if Kind.SEND_ONE_TEXT <= frame.kind <= Kind.SEND_EXCEPT_BYTES:
                self._send(frame)
            elif frame.kind in self._actions:
                self._actions[frame.kind](frame)
        to_flush, self._to_flush = self._to_flush, set()
        for session in to_flush:
            session.flush()

    def _send(self, frame: Frame) -> None:
        text = frame.kind in (Kind.SEND_ONE_TEXT, Kind.SEND_ALL_TEXT, Kind.SEND_EXCEPT_TEXT)
        data = encode_message(TEXT_OPCODE if text else BYTES_OPCODE, frame.body)
        if frame.kind in (Kind.SEND_ONE_TEXT, Kind.SEND_ONE_BYTES):
            session = self.sessions.get(frame.number)
            if session is not None:
                self._put(session, data, len(frame.body))
            return
        for number, session in self.sessions.items():
            if number <= frame.number and number != frame.head:
                self._put(session, data, len(frame.body))

    def _put(self, session: Session, data: bytes, size: int) -> None:
        session.put(data)
        session.traffic.count_out(size)
        self.stats.traffic.count_out(size)
        self._to_flush.add(session)

    def _add_request_service(self, frame: Frame) -> None:
        head = frame.head
        self.requests.add(head["id"], head["app"], head["session"], head["method"], head["pattern"])

    def _respond(self, frame: Frame) -> None:
        answer = self._pending.get(frame.number)
        if answer is not None and not answer.done():
            answer.set_result(frame)

    def _app_message_to(self, frame: Frame) -> None:
        head = frame.head
        target = self._hub.running_instance(head["workspace"], head["app"], head["service_id"])
        found = target is not None and target.app_message(self.service, self.service_id, frame.body)
        self._hub.message_log.record(self.service, self.service_id, head, found, len(frame.body))
        self._post(Frame(Kind.APP_ANSWER, frame.number, found))

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
            # Nobody may wait any more; the exception is then no news.
            self._ready.exception()

    def _on_exit(self, reason: str) -> None:
        self.ended.set()
        self._cancel_idle()
        self._set_ready(InstanceFailed(f"the worker {reason or 'has ended'}\n{self._log.tail()}"))
        if not self.stopping and reason:
            self._log.log(f"the worker of {self.service.name}/{self.service_id} {reason}")
        for session in list(self.sessions.values()):
            session.close(SERVICE_RESTARTS, "the service has ended")
        for answer in self._pending.values():
            if not answer.done():
                answer.set_exception(InstanceFailed(reason))
        self._flow_control.available.set()
        self._hub.instance_ended(self)

    # Idle.

    def _watch_idle(self) -> None:
        if not self.service.shared:
            limit: float | None = 0 if self._last_session else self._settings.spare_life
        else:
            limit = None if self.service.fixed_service_id is not None else self.service.idle_timeout
        if limit is None or self.sessions or self.stopping or self.ended.is_set():
            return
        self._cancel_idle()
        self._idle = asyncio.get_running_loop().call_later(limit, self._hub.stop_idle, self)

    def _cancel_idle(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None


def plain_query(query: Mapping[str, str]) -> dict[str, str]:
    """A query as str to str; of a name that stands twice the first value counts."""
    plain: dict[str, str] = {}
    for name, value in query.items():
        plain.setdefault(name, value)
    return plain
