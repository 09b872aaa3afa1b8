"""The request services that an instance has created: handlers here, their patterns in the runtime."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Generator
from typing import Any, Callable, NamedTuple

from . import patterns
from .callback_timings import name_of
from .link import BODY_LIMIT, HEAD_LIMIT, Frame, Kind

Emit = Callable[[Frame], None]
# Called with (path parameters, query parameters, headers, body).
RequestHandler = Callable[[dict[str, str], dict[str, str], dict[str, str], bytes], Any]


_MAX_WARNINGS = 100


class _Key(NamedTuple):
    app: str
    method: str
    pattern: str
    session_id: str | None


class _Entry(NamedTuple):
    key: _Key
    handler: RequestHandler


class RequestServices:
    """Makes handler ids itself, so that creating a request service needs no answer of the runtime."""

    def __init__(
        self,
        emit: Emit,
        write_log: Callable[[str], None],
        apps: Callable[[], list[str]],
        session_known: Callable[[str], bool],
    ) -> None:
        self._emit = emit
        self._write_log = write_log
        self._apps = apps
        self._session_known = session_known
        self._entries: dict[str, _Entry] = {}
        self._key_counts: dict[_Key, int] = {}
        self._warned: set[str] = set()
        # Guards the two tables: any thread of the app may add and remove.
        self._lock = threading.Lock()

    def add(
        self, app: str, pattern: str, handler: RequestHandler, method: str, session_id: str | None
    ) -> tuple[str, str]:
        hidden = patterns.is_hidden(patterns.parse(pattern))
        if not isinstance(method, str) or not method.isalpha():
            raise ValueError(f"request_method {method!r}: give an HTTP method such as 'GET'")
        if not callable(handler):
            raise TypeError(f"handler must be callable, not {type(handler).__name__}")
        key = _Key(app, method.upper(), pattern, session_id)
        handler_id = str(uuid.uuid4())
        url = pattern if session_id is None else f"session/{session_id}/{pattern}"
        if session_id is not None and not self._session_known(session_id):
            # The page has gone in the meantime: nobody will ask, and nothing may stay behind.
            return handler_id, url
        with self._lock:
            count = self._key_counts[key] = self._key_counts.get(key, 0) + 1
            self._entries[handler_id] = _Entry(key, handler)
        # Narvi accepts all three, and programs rely on it: a constructor that raises is a service that never starts.
        if app not in self._apps():
            self._warn(f"create_request_service: {app!r} is no app of this service; its URL is not found")
        if hidden:
            self._warn(f"create_request_service: {pattern!r} is hidden by a fixed route of every app")
        if count > 1:
            self._warn(f"create_request_service: {key.method} {pattern!r} of {app!r} exists; the first answers")
        head = {"id": handler_id, "app": app, "method": key.method, "pattern": pattern, "session": session_id}
        self._emit(Frame(Kind.ADD_REQUEST_SERVICE, 0, head))
        return handler_id, url

    def remove(self, handler_id: str) -> None:
        with self._lock:
            entry = self._entries.pop(handler_id, None)
            if entry is None:
                return
            self._key_counts[entry.key] -= 1
            if not self._key_counts[entry.key]:
                del self._key_counts[entry.key]
        self._emit(Frame(Kind.REMOVE_REQUEST_SERVICE, 0, {"id": handler_id}))

    def _warn(self, text: str) -> None:
        """Log a warning once, and not without end."""
        if text not in self._warned and len(self._warned) < _MAX_WARNINGS:
            self._warned.add(text)
            self._write_log(text)

    def drop_session(self, session_id: str) -> None:
        """Forget what was bound to a session that has closed."""
        for handler_id, entry in list(self._entries.items()):
            if entry.key.session_id == session_id:
                self.remove(handler_id)

    def name_of(self, frame: Frame) -> str:
        """Return the handler's function name, for logs and timings."""
        entry = self._entries.get(frame.head["handler"])
        return "request" if entry is None else name_of(entry.handler, "request")

    def answer(
        self, frame: Frame, call: Callable[..., Generator[Any, Any, Any]]
    ) -> Generator[Any, Any, Frame]:
        """Produce the response to a request; `call` runs app code."""
        head = frame.head
        entry = self._entries.get(head["handler"])
        if entry is None:
            return Frame(Kind.RESPONSE, frame.number, {"status": 404, "type": "text/plain", "headers": {}}, b"gone")
        answer = yield from call(entry.handler, head["path"], head["query"], head["headers"], frame.body)
        return _response(frame.number, answer)


def _response(number: int, answer: Any) -> Frame:
    """Check what a handler returned. Raises TypeError with what it should have been."""
    if not isinstance(answer, tuple) or len(answer) != 4:
        raise TypeError("a request handler returns (status code, content, mime type, headers)")
    status, body, mime_type, headers = answer
    if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
        raise TypeError(f"a request handler's status code is an int from 200 to 599, not {status!r}")
    default_type = "text/html; charset=UTF-8"
    if isinstance(body, str):
        body = body.encode()
    elif isinstance(body, dict):
        body, default_type = json.dumps(body).encode(), "application/json; charset=UTF-8"
    elif body is None:
        body = b""
    elif not isinstance(body, (bytes, bytearray, memoryview)):
        raise TypeError(f"a request handler's content is bytes, str, dict or None, not {type(body).__name__}")
    if mime_type is None:
        mime_type = default_type  # what Narvi's server sends
    if not isinstance(mime_type, str):
        raise TypeError(f"a request handler's mime type is str, not {type(mime_type).__name__}")
    if len(body) > BODY_LIMIT:
        raise ValueError(f"a request handler's content of {len(body)} bytes is above the limit of {BODY_LIMIT}")
    headers = dict(headers or {})
    for name, value in headers.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError(f"a request handler's headers are str to str, not {name!r}: {value!r}")
    if len(mime_type) + sum(len(name) + len(value) for name, value in headers.items()) > HEAD_LIMIT:
        raise ValueError(f"a request handler's headers are above the limit of {HEAD_LIMIT} characters")
    return Frame(Kind.RESPONSE, number, {"status": int(status), "type": mime_type, "headers": headers}, bytes(body))
