"""`NarviServer`: what a program constructs, registers its services and apps with, and runs."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import wait
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from narvi_desktop.server.errors import ServiceFailed, ServiceRefused
from narvi_desktop.server.listener import Listener
from narvi_desktop.server.monitoring import MonitoringLoop
from narvi_desktop.server.registry import App, Service
from narvi_desktop.server.resources import Resources, Roots
from narvi_desktop.server.session import SERVICE_RESTARTS
from narvi_desktop.settings import Settings

from .access import Access
from .loop_thread import LoopThread
from .program_gateway import ProgramGateway
from .program_hub import ProgramHub
from .resources import fnmatch_glob, get_path_of_resource

logger = logging.getLogger("narvi_desktop.embedding")
Validator = Callable[[str], bool]
_START_TIMEOUT = 600.0  # seconds: a constructor may load much, and the thread that it runs on cannot be ended
_WAIT_FOR_START = 30.0  # seconds that start_service waits
_POLL = 0.5  # seconds: on Windows a wait without a timeout is deaf for Ctrl-C


def _accept(service_id: str) -> bool:
    """Accept every service id."""
    return True


@dataclass(frozen=True, eq=False)
class ServiceHandle:
    """What `register_service` returns, for `register_app`."""

    workspace: str
    app_service_name: str
    app_cls_name: Any
    app_parameters: dict[str, Any]
    fixed_service_id: str | None
    is_shared_service: bool
    service_id_validator: Validator | None
    registration: Service


class NarviServer:
    """Serves services and apps of this program at ``http://host:port``; the API is Narvi's.

    The constructor and every method may be called from any thread, also from callbacks of services.

    Args:
        host: where to listen: a name or address of this machine; "0.0.0.0" for every address.
        port: exactly this one.
        web_server_type: "tornado" or "builtin", for programs of Narvi; there is one kind of server here.
        base_path: what all URLs of apps begin with; may be "".
        admin_path: a whole path that answers the admin data as JSON, or None.
        monitoring_interval_s: seconds between two calls of metrics callbacks and admin listeners; None: never.
        monitoring_retention_s: seconds that metrics are kept.
        token: a secret that browsers and scripts have to give (``?token=…`` once, or as bearer). Without it other
            web sites are refused, but every user of this machine gets in.
    """

    def __init__(
        self,
        host: str = "localhost",
        port: int = 8999,
        web_server_type: str = "tornado",
        base_path: str = "/narvi",
        admin_path: str | None = None,
        monitoring_interval_s: float | None = None,
        monitoring_retention_s: float | None = None,
        token: str | None = None,
    ) -> None:
        if web_server_type not in ("tornado", "builtin"):
            raise ValueError(f"web_server_type {web_server_type!r}: give 'tornado' or 'builtin'")
        self._host = host
        self._port = port
        base = base_path.strip("/")
        self._base_path = f"/{base}" if base else ""
        self._admin_path = admin_path
        self._token = token
        self._monitored = monitoring_interval_s is not None
        settings = replace(Settings(), start_timeout=_START_TIMEOUT)
        if monitoring_interval_s is not None:
            settings = replace(settings, monitoring_interval=monitoring_interval_s)
        if monitoring_retention_s is not None:
            settings = replace(settings, monitoring_retention=monitoring_retention_s)
        self._hub = ProgramHub(settings)
        self._loop = LoopThread()
        self._redirects: dict[str, str] = {}
        self._redirect_urls: list[tuple[str, str, str]] = []
        self._early: list[tuple[str, str, str]] = []
        self._rounds: asyncio.Task[None] | None = None
        self._running = False
        self._closed = threading.Event()

    # Registering.

    def register_service(
        self,
        workspace: str,
        app_service_name: str,
        app_cls_name: Any,
        app_parameters: dict[str, Any] | None = None,
        fixed_service_id: str | None = None,
        shared_service: bool = True,
        service_id_validator: Validator | None = _accept,
        idle_timeout: float = 3600,
    ) -> ServiceHandle:
        """Register a service.

        Args:
            app_cls_name: the dotted path of an importable class, or the class.
            app_parameters: keyword arguments of its constructor: the very objects, since it runs in this process.
            fixed_service_id: the id of the only instance; else the id comes from the URL.
            shared_service: whether the sessions of one service id share an instance.
            service_id_validator: called with an id from a URL; one that raises refuses, None accepts all.
            idle_timeout: seconds without a session after which a shared instance without a fixed id ends.

        Returns:
            A handle. The same name again is another service: apps stay with the handle that they were given.
        """
        parameters = {} if app_parameters is None else app_parameters
        service = Service(
            workspace,
            app_service_name,
            app_cls_name,
            parameters,
            fixed_service_id,
            shared_service,
            None if service_id_validator in (None, _accept) else _refusing(service_id_validator),
            idle_timeout,
            share_objects=True,
        )
        self._loop.call(lambda: self._hub.add_service(service))
        return ServiceHandle(
            workspace,
            app_service_name,
            app_cls_name,
            parameters,
            fixed_service_id,
            shared_service,
            service_id_validator,
            service,
        )

    def register_app(
        self,
        app_name: str,
        application_service: ServiceHandle,
        app_parameters: dict[str, Any] | None = None,
        resource_roots: Roots | None = None,
        service_chooser_app_name: str | None = None,
    ) -> None:
        """Register an app of a service, in place of one of the same name.

        Args:
            app_parameters: handed to the page, as JSON.
            resource_roots: a URL or glob to a file, or (prefix, glob) to a folder; the first that has a file counts.
                Globs are those of `fnmatch`: ``*`` crosses "/".
            service_chooser_app_name: the app to go to when a URL has no valid service id.
        """
        resources = Resources(resource_roots or {}, fnmatch_glob)
        parameters = {} if app_parameters is None else app_parameters
        app = App(app_name, application_service.registration, parameters, resources, service_chooser_app_name)
        self._loop.call(lambda: self._hub.add_app(app))

    def register_redirect(self, from_url: str, to_workspace: str, to_app: str) -> None:
        """Redirect a whole path, such as "/telesto/", to an app."""

        def register() -> None:
            self._redirects[from_url] = self._app_path(to_workspace, to_app)
            others = [entry for entry in self._redirect_urls if entry[2] != from_url]
            self._redirect_urls = [*others, (to_workspace, to_app, from_url)]

        self._loop.call(register)

    def list_app_urls(self) -> list[tuple[str, str, str]]:
        """List what a person can open, as (workspace, app name, URL): admin data, apps, redirects."""
        return self._loop.call(self._list_app_urls)

    def _list_app_urls(self) -> list[tuple[str, str, str]]:
        paths = [("", "admin", self._admin_path)] if self._admin_path else []
        for (workspace, name), app in self._hub.apps.items():
            # The others need a service id in their URL.
            if app.service.fixed_service_id is not None or app.service_chooser is not None:
                paths.append((workspace, name, self._app_path(workspace, name)))
        token = f"?token={quote(self._token, safe='')}" if self._token else ""
        return [(*entry[:2], f"{self._origin()}{entry[2]}{token}") for entry in [*paths, *self._redirect_urls]]

    def _origin(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host or "localhost"
        return f"http://{host}:{self._port}"

    def _app_path(self, workspace: str, app: str) -> str:
        return f"{self._base_path}/{quote(workspace, safe='')}/{quote(app, safe='')}/index.html"

    # Running.

    def run(self, ready_callback: Callable[[], Any] | None = None) -> None:
        """Serve until `close()` or Ctrl-C; blocks.

        Services that were started early, and shared ones with a fixed id, are started first; then the port is
        opened; then `ready_callback` is called, on this thread.

        Raises:
            OSError: the port is taken.
            RuntimeError: it runs already, or has run.
        """
        if self._running:
            raise RuntimeError("a NarviServer runs once: construct another one")
        self._running = True
        # Before any service is started: with a port that is taken nothing has happened yet.
        sockets = self._bind()
        listener = Listener()
        try:
            self._loop.start()
            try:
                self._start(listener, sockets)
                if ready_callback is not None and not self._closed.is_set():
                    ready_callback()
                while not self._closed.wait(_POLL):
                    pass
            except KeyboardInterrupt:
                pass  # the user ends the server; the program goes on after run()
            finally:
                self._wait(self._stop(listener))
        finally:
            self._closed.set()
            self._loop.stop()
            for sock in sockets:
                sock.close()

    def close(self) -> None:
        """Let `run()` stop the services and return. Does not wait: a service may call it."""
        self._closed.set()

    def _start(self, listener: Listener, sockets: list[socket.socket]) -> None:
        access = Access(self._host, self._port, self._token)

        async def start() -> None:
            # The listener holds what it serves.
            ProgramGateway(self._hub, listener, access, self._base_path, self._admin_path, self._redirects)
            self._rounds = asyncio.ensure_future(MonitoringLoop(self._hub, enabled=self._monitored).run())
            for service, service_id in self._early_services():
                await self._start_instance(service, service_id, pinned=True)
            for sock in sockets:
                sock.listen(128)
                listener.add(sock)

        self._wait(start())

    def _early_services(self) -> list[tuple[Service, str]]:
        early, self._early = self._early, []
        found = [(self._hub.services.get((workspace, name)), service_id) for workspace, name, service_id in early]
        services = [*self._hub.services.values(), *(app.service for app in self._hub.apps.values())]
        fixed = [(service, service.fixed_service_id) for service in dict.fromkeys(services) if service.shared]
        return [(service, id_) for service, id_ in [*found, *fixed] if service is not None and id_ is not None]

    async def _start_instance(self, service: Service, service_id: str, pinned: bool) -> None:
        try:
            await self._hub.acquire(service, service_id, for_session=False, pinned=pinned)
        except ServiceRefused:
            logger.warning("the service %s refuses the id %r", service.name, service_id)
        except ServiceFailed as error:
            logger.warning("the service %s could not start: %s", service.name, error.detail.partition("\n")[0])

    async def _stop(self, listener: Listener) -> None:
        listener.stop_accepting()
        await self._hub.close()
        await listener.close(1)

    def _wait(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine on the loop to its end; Ctrl-C gets through."""
        future = self._loop.spawn(work)
        if future is None:
            return
        while not future.done():
            wait([future], _POLL)
        future.result()

    def _bind(self) -> list[socket.socket]:
        """Open the port on every address of the host, without accepting yet."""
        addresses = {"127.0.0.1"}
        if self._host != "localhost":
            found = socket.getaddrinfo(self._host or "0.0.0.0", self._port, type=socket.SOCK_STREAM)
            addresses = {str(info[4][0]) for info in found}
        sockets: list[socket.socket] = []
        try:
            for address in sorted(addresses):
                sockets.append(_bind(address, self._port))
                self._port = sockets[0].getsockname()[1]  # port 0: the system has chosen
        except OSError:
            for sock in sockets:
                sock.close()
            raise
        return sockets

    # Instances.

    def start_service(self, workspace: str, app_service_name: str, service_id: str) -> None:
        """Start an instance that never times out, before `run()` to be started by it; no validator is asked."""

        def find() -> Service | None:
            if not self._running:
                self._early.append((workspace, app_service_name, service_id))
                return None
            return self._hub.services.get((workspace, app_service_name))

        service = self._loop.call(find)
        if service is None:
            return
        future = self._loop.spawn(self._start_instance(service, service_id, pinned=True))
        # The callback of a service must not wait for a constructor that may need this very service.
        if future is not None and not threading.current_thread().name.startswith("narvi-"):
            wait([future], _WAIT_FOR_START)

    def stop_service(self, workspace: str, app_service_name: str, service_id: str) -> None:
        """Stop an instance; returns at once, so that the instance itself may call it. Unknown ones are ignored."""
        self._end(workspace, app_service_name, service_id)

    def restart_service(self, workspace: str, app_service_name: str, service_id: str) -> None:
        """Stop an instance; the next page starts it anew. Returns at once; unknown ones are ignored."""
        self._end(workspace, app_service_name, service_id)

    def _end(self, workspace: str, name: str, service_id: str) -> None:
        async def end() -> None:
            service = self._hub.services.get((workspace, name))
            if service is not None:
                await self._hub.stop(service, service_id, SERVICE_RESTARTS, "the service restarts")

        self._loop.spawn(end())

    def get_service_statuses(self, workspace: str) -> dict[str, Any]:
        """Return ``{service name: {"instances": {service id: [status, …]}, "apps": []}}``; {} for an unknown one."""
        data = self._loop.call(self._hub.admin_data).get(workspace, {})
        return {name: {"instances": entry["instances"], "apps": []} for name, entry in data.items()}

    @staticmethod
    def get_path_of_resource(package: str, resource: str = "") -> str:
        """Return the path of an importable package, or of a file in it. Raises ImportError."""
        return get_path_of_resource(package, resource)


def _refusing(validator: Validator) -> Validator:
    """A validator that fails refuses: whoever wrote the URL must not get further by making it fail."""

    def validate(service_id: str) -> bool:
        try:
            return bool(validator(service_id))
        except Exception:
            logger.exception("the validator of service ids failed for %r, which is refused", service_id)
            return False

    return validate


def _bind(address: str, port: int) -> socket.socket:
    """Open a socket on exactly this address and port. Raises OSError."""
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        # Not on Windows, where it would let two programs share the port.
        if os.name == "posix" and sys.platform != "cygwin":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if sock.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((address, port))
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise OSError(error.errno, f"{address}:{port} is in use by another program") from None
        raise
    return sock
