"""WebAppServices: what an application service is given when it is constructed."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple, Protocol

from .metrics import Metrics
from .request_handlers import RequestHandler, RequestServices


class Identity(NamedTuple):
    """Which instance of which service this is."""

    workspace: str
    service: str
    service_id: str


class Backend(Protocol):
    """What does the work behind `WebAppServices`: the runner."""

    identity: Identity
    requests: RequestServices
    metrics: Metrics

    def add_listener(self, event: str, callback: Callable[..., Any]) -> None:
        """Add to the listeners of an event."""

    def set_callback(self, event: str, callback: Callable[..., Any]) -> None:
        """Replace the only listener of an event."""

    def send(
        self, msg: str | bytes | dict[str, Any], for_session_id: str | None, except_session_id: str | None
    ) -> None:
        """Send a message to sessions."""

    def send_to_app(self, workspace: str, app: str, service_id: str, data: Any) -> bool:
        """Send a message to an instance of another service."""


class WebAppServices:
    """The 14 methods of Narvi's application services API.

    Every callback may be a plain or an ``async`` function. All but the metrics callback run one at
    a time, in the order of arrival, in one thread, the constructor's. Every method may be called
    from any thread. Source of names and meaning: Narvi's user guide, "Application Services API".
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def create_request_service(
        self,
        app_name: str,
        handler_pattern: str,
        handler: RequestHandler,
        request_method: str = "GET",
        session_id: str | None = None,
    ) -> tuple[str, str]:
        """Answer requests below the app's URL.

        Args:
            app_name: an app of this service; one of another service is accepted, but its URL is not found.
            handler_pattern: relative path; ``$x`` stands for one segment, ``$$x`` for one or more.
            handler: called with (path parameters, query parameters, headers, body); returns
                (status code, content, mime type, headers). The content is bytes, str (sent as UTF-8), a dict
                (sent as JSON) or None (empty); the mime type may be None.
            request_method: "GET", "PUT", …; GET answers HEAD too.
            session_id: only below this session, and only as long as it lives.

        Returns:
            (handler id, url relative to the page).

        Raises:
            ValueError: the pattern cannot be parsed. The same app, method, session and pattern twice (the first
                answers) and a pattern that a fixed route of every app hides are accepted, and logged once.
        """
        return self._backend.requests.add(app_name, handler_pattern, handler, request_method, session_id)

    def remove_request_service(self, handler_id: str) -> None:
        """Remove a request service; one that is answering just now finishes. Unknown ids are ignored."""
        self._backend.requests.remove(handler_id)

    def send(
        self,
        msg: str | bytes | dict[str, Any],
        for_session_id: str | None = None,
        except_session_id: str | None = None,
    ) -> None:
        """Send a message to one page, to all but one, or to all.

        Args:
            msg: str arrives as text, bytes as binary message, a dict as its JSON text; at most 16 MiB.
            for_session_id: only to this session; wins over `except_session_id`. A session that is
                gone is no error.
            except_session_id: to all sessions but this one.

        Raises:
            TypeError: `msg` is neither str, bytes nor a dict of JSON types.
            ValueError: `msg` is too large, or text that UTF-8 cannot hold.
        """
        self._backend.send(msg, for_session_id, except_session_id)

    def add_message_listener(self, callback: Callable[[Any, str], Any]) -> None:
        """Call `callback(message, session_id)` for each message, str or bytes, of a page."""
        self._backend.add_listener("message", callback)

    def add_session_open_listener(
        self, callback: Callable[[str, str, dict[str, str], dict[str, str]], Any]
    ) -> None:
        """Call `callback(app_name, session_id, query_parameters, headers)` when a page connects."""
        self._backend.add_listener("session_open", callback)

    def add_session_close_listener(self, callback: Callable[[str], Any]) -> None:
        """Call `callback(session_id)` once when a session has closed."""
        self._backend.add_listener("session_close", callback)

    def set_metrics_callback(
        self, callback: Callable[[], dict[str, Any] | None], metrics_metadata: dict[str, dict[str, Any]]
    ) -> None:
        """Have `callback()` asked for `{metric: value}` at an interval, from a monitoring thread.

        Args:
            metrics_metadata: `{metric: {"min": …, "max": …, "colour": css colour}}`; further keys
                pass through.
        """
        self._backend.metrics.set(callback, metrics_metadata)

    def set_app2app_message_callback(self, callback: Callable[[str, str, str, Any], Any]) -> None:
        """Call `callback(workspace_id, service name, service_id, data)`, all of the sender, for each app's message."""
        self._backend.set_callback("app_message", callback)

    def set_admin_listener(self, callback: Callable[[dict[str, Any]], Any]) -> None:
        """Call `callback(admin_data)` after each monitoring round."""
        self._backend.set_callback("admin_data", callback)

    def add_app_close_listener(self, callback: Callable[[], Any]) -> None:
        """Call `callback()` when this instance is about to be closed."""
        self._backend.add_listener("app_close", callback)

    def get_service_id(self) -> str:
        """Return the service id of this instance."""
        return self._backend.identity.service_id

    def get_workspace_id(self) -> str:
        """Return the workspace in which this instance runs."""
        return self._backend.identity.workspace

    def get_app_name(self) -> str:
        """Return the name of the application *service*, not of an app that shows it."""
        return self._backend.identity.service

    def send_to_app(self, workspace_id: str, app_name: str, service_id: str, data: Any) -> bool:
        """Send data to a running shared instance of another app's service.

        Args:
            data: None, bool, finite numbers, str, bytes, list, tuple (arrives as list) and dict
                with str keys, nested; it is copied.

        Returns:
            True iff the instance was found and has the message in its inbox; waits 5 s at most.

        Raises:
            TypeError: `data` holds something else; the message names the place.
        """
        return self._backend.send_to_app(workspace_id, app_name, service_id, data)
