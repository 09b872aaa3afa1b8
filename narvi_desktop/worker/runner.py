"""Runs one application service: constructs it, and turns frames into calls of its callbacks."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Generator
from typing import Any, Callable

from . import dispatcher, serialization
from .admin_data import AdminDataHistory
from .callback_timings import CallbackTimings, name_of
from .link import BODY_LIMIT, Frame, Kind
from .loader import has_async_methods, load
from .metrics import Metrics
from .queues import Inbox, Outbox
from .request_handlers import RequestServices
from .services import Identity, WebAppServices
from .tracebacks import describe, stack_of

MESSAGE_LIMIT = 16 * 1024 * 1024
APP_ANSWER_TIMEOUT = 5.0  # seconds that send_to_app waits
_MAX_ERROR_LENGTH = 2000  # characters of it that the monitor is told
_CREDIT_BATCH = 64  # messages reported done at once while more wait
_SEND_KINDS = {
    ("one", True): Kind.SEND_ONE_TEXT,
    ("one", False): Kind.SEND_ONE_BYTES,
    ("all", True): Kind.SEND_ALL_TEXT,
    ("all", False): Kind.SEND_ALL_BYTES,
    ("except", True): Kind.SEND_EXCEPT_TEXT,
    ("except", False): Kind.SEND_EXCEPT_BYTES,
}


class _PendingAnswer:
    """The answer that a thread of the app waits for in send_to_app."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.found = False


class Runner:
    """The part that both kinds of worker share; they differ in who delivers frames and who takes them.

    `deliver` is called by the one thread that reads the link and never runs app code; `run` is the
    app's thread.
    """

    def __init__(
        self,
        outbox: Outbox,
        write_log: Callable[[str], None],
        private_modules: bool,
        share_objects: bool = False,
    ) -> None:
        self.identity = Identity("", "", "")
        self.errors = 0
        self.last_error = ""
        self.timings = CallbackTimings()
        self._thread = 0
        self._outbox = outbox
        self._write_log = write_log
        self._private_modules = private_modules
        self._share_objects = share_objects
        self._inbox = Inbox()
        self._apps: list[str] = []
        self._closed = False
        self._listeners: dict[str, list[tuple[str, Callable[..., Any]]]] = {}
        self._session_numbers: dict[str, int] = {}
        self._session_ids: dict[int, str] = {}
        # The highest session whose open event has begun: a send to all reaches no later one, so no
        # page gets a delta before the snapshot that its own open listener sends.
        self._opened_up_to = 0
        self._done = 0
        self._cancelled: set[int] = set()
        self._answers: dict[int, _PendingAnswer] = {}
        self._last_answer = 0
        self._answers_lock = threading.Lock()
        self.requests = RequestServices(
            self._emit, self._write_log, lambda: self._apps, self._session_numbers.__contains__
        )
        self.metrics = Metrics(self._emit, self.report)
        self._admin = AdminDataHistory(shared=private_modules)

    # Called by the thread that reads the link.

    def deliver(self, frame: Frame) -> None:
        """Handle a frame at once if it must not wait for app code; queue it otherwise."""
        if frame.kind is Kind.APP_ANSWER:
            self._set_answer(frame.number, bool(frame.head))
        elif frame.kind is Kind.METRICS_WANTED:
            self.metrics.request()
            self._report_timings()
        elif frame.kind is Kind.STACK_WANTED:
            self._report_stack()
        elif frame.kind is Kind.REQUEST_CANCELLED:
            self._cancelled.add(frame.number)
        else:
            if frame.kind is Kind.STOP:
                self._release_answers()
            self._inbox.put(frame)

    # Called by the app, from any thread.

    def add_listener(self, event: str, callback: Callable[..., Any]) -> None:
        if not callable(callback):
            raise TypeError(f"callback must be callable, not {type(callback).__name__}")
        # A new list, so that an event that is being dispatched keeps the one it began with.
        self._listeners[event] = [*self._listeners.get(event, ()), (name_of(callback, event), callback)]

    def set_callback(self, event: str, callback: Callable[..., Any]) -> None:
        if not callable(callback):
            raise TypeError(f"callback must be callable, not {type(callback).__name__}")
        self._listeners[event] = [(name_of(callback, event), callback)]
        if event == "admin_data":
            self._emit(Frame(Kind.ADMIN_WANTED))

    def send(
        self, msg: str | bytes | dict[str, Any], for_session_id: str | None, except_session_id: str | None
    ) -> None:
        text = isinstance(msg, (str, dict))
        body = _body(msg)
        if for_session_id is not None:
            number = self._session_numbers.get(for_session_id)
            if number is not None:
                self._emit(Frame(_SEND_KINDS["one", text], number, None, body))
            return
        excepted = None if except_session_id is None else self._session_numbers.get(except_session_id)
        if excepted is None:
            self._emit(Frame(_SEND_KINDS["all", text], self._opened_up_to, None, body))
        else:
            self._emit(Frame(_SEND_KINDS["except", text], self._opened_up_to, excepted, body))

    def send_to_app(self, workspace: str, app: str, service_id: str, data: Any) -> bool:
        # Services embedded in one program pass the object itself; others a copy of plain values.
        body = b"" if self._share_objects else serialization.dumps(data)
        if len(body) > BODY_LIMIT:
            raise ValueError(f"data of {len(body)} bytes is above the limit of {BODY_LIMIT}: send it in parts")
        if self._closed:
            return False
        answer = _PendingAnswer()
        with self._answers_lock:
            self._last_answer += 1
            number = self._last_answer
            self._answers[number] = answer
        head: dict[str, Any] = {"workspace": str(workspace), "app": str(app), "service_id": str(service_id)}
        if self._share_objects:
            head["data"] = data
        self._emit(Frame(Kind.APP_MESSAGE_TO, number, head, body))
        answer.arrived.wait(APP_ANSWER_TIMEOUT)
        self._answers.pop(number, None)
        return answer.found

    def report(self, what: str, error: BaseException) -> str:
        """Log what app code raised, and return it; an app's fault never ends its instance."""
        described = describe(error, what)
        self.errors += 1
        self.last_error = described[:_MAX_ERROR_LENGTH]
        self._write_log(described)
        return described

    # The app's thread.

    def run(self) -> None:
        """Construct the service and call it until it is stopped."""
        self._thread = threading.get_ident()
        dispatcher.run(self._script(), self._inbox, self.report)
        self._closed = True

    def _script(self) -> dispatcher.Script:
        start = yield dispatcher.WAIT
        if start.kind is not Kind.START or not (yield from self._construct(start.head)):
            return
        while True:
            frame = yield dispatcher.WAIT
            if frame.kind is Kind.STOP:
                break
            yield from self._dispatch(frame)
            self._report_done()
        yield from self._close()

    def _construct(self, head: dict[str, Any]) -> Generator[Any, Any, bool]:
        self.identity = Identity(head["workspace"], head["service"], head["service_id"])
        self._apps = list(head["apps"])
        try:
            validator = load(head["validator"], head["folder"], self._private_modules)
            if validator is not None and not (yield from _call(validator, self.identity.service_id)):
                self._emit(Frame(Kind.REFUSED))
                return False
            service_class = load(head["class"], head["folder"], self._private_modules)
            if has_async_methods(service_class):
                yield dispatcher.ASYNC
            self.timings.begin("constructor")
            yield from _call(service_class, WebAppServices(self), **head["parameters"])
        except BaseException as error:  # app code
            self._emit(Frame(Kind.FAILED, 0, {"traceback": self.report("the service could not start", error)}))
            return False
        finally:
            self.timings.end()
        version = ".".join(map(str, sys.version_info[:3]))
        self._emit(Frame(Kind.READY, 0, {"python": version}))
        return True

    def _dispatch(self, frame: Frame) -> Generator[Any, Any, None]:
        if frame.kind is Kind.TEXT or frame.kind is Kind.BYTES:
            session_id = self._session_ids.get(frame.number)
            if session_id is not None:
                message = frame.body.decode() if frame.kind is Kind.TEXT else frame.body
                yield from self._notify("message", message, session_id)
            self._done += 1
        elif frame.kind is Kind.SESSION_OPENED:
            yield from self._session_opened(frame)
        elif frame.kind is Kind.SESSION_CLOSED:
            yield from self._session_closed(frame.number)
        elif frame.kind is Kind.REQUEST:
            yield from self._request(frame)
        elif frame.kind is Kind.APP_MESSAGE:
            self._done += 1
            sender = frame.head
            try:
                data = sender["data"] if self._share_objects else serialization.loads(frame.body)
            except Exception as error:  # bytes of another app, which nothing has looked at on their way
                self.report("a message of another app could not be read", error)
                return
            yield from self._notify("app_message", sender["workspace"], sender["service"], sender["service_id"], data)
        elif frame.kind is Kind.ADMIN_DATA:
            yield from self._notify("admin_data", self._admin.merge(frame.head))
            # The next round: one that cannot keep up is not given more than it takes.
            self._emit(Frame(Kind.ADMIN_WANTED))

    def _session_opened(self, frame: Frame) -> Generator[Any, Any, None]:
        head = frame.head
        session_id = head["session_id"]
        self._session_numbers[session_id] = frame.number
        self._session_ids[frame.number] = session_id
        self._opened_up_to = frame.number
        yield from self._notify("session_open", head["app"], session_id, head["query"], head["headers"])

    def _session_closed(self, number: int) -> Generator[Any, Any, None]:
        session_id = self._session_ids.get(number)
        if session_id is None:
            return
        yield from self._notify("session_close", session_id)
        del self._session_ids[number]
        del self._session_numbers[session_id]
        self.requests.drop_session(session_id)

    def _request(self, frame: Frame) -> Generator[Any, Any, None]:
        if frame.number in self._cancelled:
            self._cancelled.discard(frame.number)
            return
        try:
            self.timings.begin(self.requests.name_of(frame))
            response = yield from self.requests.answer(frame, _call)
        except BaseException as error:  # app code
            self.report("a request handler failed", error)
            head = {"status": 500, "type": "text/plain", "headers": {}}
            response = Frame(Kind.RESPONSE, frame.number, head, b"The app could not answer; its log says why.")
        finally:
            self.timings.end()
        self._cancelled.discard(frame.number)
        self._emit(response)

    def _close(self) -> Generator[Any, Any, None]:
        for number in list(self._session_ids):
            yield from self._session_closed(number)
        yield from self._notify("app_close")
        self._emit(Frame(Kind.STOPPED))

    def _notify(self, event: str, *arguments: Any) -> Generator[Any, Any, None]:
        for name, callback in self._listeners.get(event, ()):
            try:
                self.timings.begin(name)
                yield from _call(callback, *arguments)
            except BaseException as error:  # app code, SystemExit too: the next listener and event still run
                self.report(f"the {event} callback {getattr(callback, '__qualname__', callback)} failed", error)
            finally:
                self.timings.end()

    def _report_done(self) -> None:
        # After every event, not only after messages: one that comes last would keep the credit of those before it,
        # and the runtime, which waits for it, would never send another message.
        if self._done >= _CREDIT_BATCH or (self._done and self._inbox.empty()):
            self._emit(Frame(Kind.DONE, self._done))
            self._done = 0

    # From either side.

    def _emit(self, frame: Frame) -> None:
        # After the stop the old services object does nothing any more.
        if not self._closed:
            self._outbox.put(frame)

    # Offered, not emitted: these are said by the thread that reads the link, also while app code holds its own.

    def _report_timings(self) -> None:
        head = {
            "callbacks": self.timings.summary(),
            "running": self.timings.running(),
            "errors": self.errors,
            "last_error": self.last_error,
            "metrics_dropped": self.metrics.dropped,
        }
        self._outbox.offer(Frame(Kind.CALLBACK_TIMINGS, len(self._inbox), head))

    def _report_stack(self) -> None:
        frame = sys._current_frames().get(self._thread)
        running = self.timings.running()
        if frame is not None and running is not None:
            self._outbox.offer(Frame(Kind.STACK, 0, {"name": running[0], "stack": stack_of(frame)}))

    def _set_answer(self, number: int, found: bool) -> None:
        answer = self._answers.get(number)
        if answer is not None:
            answer.found = found
            answer.arrived.set()

    def _release_answers(self) -> None:
        for answer in list(self._answers.values()):
            answer.arrived.set()


def _body(msg: str | bytes | dict[str, Any]) -> bytes:
    if isinstance(msg, str):
        body = msg.encode()
    elif isinstance(msg, dict):
        body = json.dumps(msg).encode()
    elif isinstance(msg, (bytes, bytearray, memoryview)):
        body = bytes(msg)
    else:
        raise TypeError(f"msg must be str, bytes or dict, not {type(msg).__name__}")
    if len(body) > MESSAGE_LIMIT:
        raise ValueError(f"a message of {len(body)} bytes is above the limit of {MESSAGE_LIMIT}: send it in parts")
    return body


def _call(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Generator[Any, Any, Any]:
    """Call app code; what it returns is awaited by the driver if it can be."""
    result = function(*arguments, **keywords)
    if hasattr(result, "__await__") and hasattr(type(result), "__await__"):
        result = yield result
    return result
