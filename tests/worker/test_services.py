"""The facade that a service gets: each method calls its backend. Over real sockets: tests/server/test_services.py."""

from __future__ import annotations

import inspect
from unittest.mock import Mock

from narvi_desktop.worker.services import Identity, WebAppServices


def test_the_14_methods() -> None:
    methods = [name for name, _ in inspect.getmembers(WebAppServices, inspect.isfunction) if name[0] != "_"]
    assert len(methods) == 14 and all(inspect.getdoc(getattr(WebAppServices, name)) for name in methods)


def test_who_it_is() -> None:
    services = WebAppServices(Mock(identity=Identity("lab", "probe", "main")))
    assert services.get_workspace_id() == "lab"
    assert services.get_app_name() == "probe"
    assert services.get_service_id() == "main"


def test_listeners_and_messages_go_to_the_backend() -> None:
    backend = Mock()
    services = WebAppServices(backend)
    services.add_message_listener(print)
    services.set_admin_listener(print)
    services.send({"a": 1}, except_session_id="x")
    services.send_to_app("lab", "other", "main", 3)
    backend.add_listener.assert_called_with("message", print)
    backend.set_callback.assert_called_with("admin_data", print)
    backend.send.assert_called_with({"a": 1}, None, "x")
    backend.send_to_app.assert_called_with("lab", "other", "main", 3)
