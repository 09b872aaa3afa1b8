"""What runs at one moment, as dataclasses read from a document of the runtime's stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

RUNTIME = ("desktop", "runtime", "main", 0)
Key = tuple[str, str, str, int]


@dataclass(frozen=True)
class Session:
    """One open page."""

    id: str
    app: str
    age: float  # seconds
    messages_in: int
    messages_out: int
    bytes_in: int
    bytes_out: int


@dataclass(frozen=True)
class Callback:
    """The times of a callback in seconds; `recent` is the longest of the last hundred calls."""

    name: str
    count: int
    median: float
    worst: float
    recent: float


@dataclass(frozen=True)
class Instance:
    """A service instance that runs, or that should run and does not."""

    key: Key
    apps: tuple[str, ...]
    state: str
    seconds: float  # in this state
    uptime: float = 0.0
    pid: int | None = None
    sessions: tuple[Session, ...] = ()
    rate: float = 0.0  # messages per second
    cpu: float | None = None  # percent of a core
    memory: int | None = None  # bytes
    requests: int = 0
    errors: int = 0
    restarts: int = 0
    waiting: int = 0
    last_error: str = ""
    callbacks: tuple[Callback, ...] = ()
    running: Callback | None = None  # the one that has not returned, with its seconds as `recent`
    metrics: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, dict[str, Any]] = field(default_factory=dict)
    log: str = ""

    @property
    def name(self) -> str:
        """Return workspace/service:id, without a service called like its workspace, and without the id "main"."""
        workspace, service, service_id, number = self.key
        name = workspace if service == workspace else f"{workspace}/{service}"
        name = name if service_id == "main" else f"{name}:{service_id}"
        return f"{name} #{number}" if number else name

    @property
    def slowest(self) -> Callback | None:
        """Return the callback with the longest recent call; the constructor counts only while it runs."""
        candidates = [callback for callback in self.callbacks if callback.name != "constructor"]
        candidates += [] if self.running is None else [self.running]
        return max(candidates, key=lambda callback: callback.recent, default=None)


@dataclass(frozen=True)
class Message:
    """An app-to-app message."""

    time: float
    sender: str
    target: str
    found: bool
    size: int


@dataclass(frozen=True)
class Runtime:
    """The process that serves all apps."""

    version: str
    pid: int
    url: str
    uptime: float
    cpu: float | None
    memory: int | None
    lag: float
    sessions: int
    rate: float


@dataclass(frozen=True)
class Snapshot:
    """What ran at one moment."""

    time: float
    runtime: Runtime
    instances: tuple[Instance, ...]
    trace: tuple[Message, ...] = ()

    def find(self, key: Key | None) -> Instance | None:
        return next((instance for instance in self.instances if instance.key == key), None)


class History:
    """Numbers over time by instance and name, the newest last, and the messages between apps."""

    def __init__(self, rounds: int = 150) -> None:
        self._rounds = rounds
        self._series: dict[tuple[Key, str], deque[tuple[float, float]]] = {}
        self._trace: deque[Message] = deque(maxlen=200)

    def values(self, key: Key, name: str) -> list[float]:
        return [value for _, value in self._series.get((key, name), ())]

    def feed(self, document: dict[str, Any]) -> Snapshot:
        """Add the numbers of a document, and return the document as a snapshot."""
        gone = set(self._series)
        for key, instance in _running(document):
            for place in ("measured_history", "metrics"):
                prefix = "" if place == "measured_history" else "app."
                for at, values in reversed(instance.get(place, [])):
                    for name, value in values.items():
                        if isinstance(value, (int, float)) and not isinstance(value, bool):
                            self._add(key, prefix + name, at, float(value))
                            gone.discard((key, prefix + name))
        for series in gone:
            del self._series[series]
        self._trace.extend(_message(entry) for entry in document["trace"])
        return read(document, tuple(self._trace))

    def _add(self, key: Key, name: str, at: float, value: float) -> None:
        series = self._series.setdefault((key, name), deque(maxlen=self._rounds))
        if not series or at > series[-1][0]:
            series.append((at, value))


def read(document: dict[str, Any], trace: tuple[Message, ...] = ()) -> Snapshot:
    """Return a document of the stream as a snapshot."""
    instances = sorted([*_instances(document), *_not_running(document)], key=lambda instance: instance.key)
    own: dict[str, Any] = {}
    uptime = 0.0
    for key, instance in _running(document):
        if key == RUNTIME:
            uptime = instance["uptime"]
            own = instance["metrics"][0][1] if instance["metrics"] else {}
    runtime = Runtime(
        document["version"],
        document["pid"],
        document["sites"].get("desktop", ""),
        uptime,
        own.get("cpu"),
        own.get("memory"),
        own.get("lag", 0.0),
        sum(len(instance.sessions) for instance in instances),
        own.get("messages", 0.0),
    )
    return Snapshot(document["time"], runtime, tuple(instances), trace)


def _running(document: dict[str, Any]) -> Iterator[tuple[Key, dict[str, Any]]]:
    for workspace, services in document["admin"].items():
        for service, entry in services.items():
            for service_id, instances in entry["instances"].items():
                for instance in instances:
                    # An instance of a shared service is the same one after a restart; others differ by their number.
                    yield (workspace, service, service_id, 0 if entry["shared"] else instance["number"]), instance


def _instances(document: dict[str, Any]) -> Iterator[Instance]:
    for key, data in _running(document):
        if key == RUNTIME:
            continue
        service = document["admin"][key[0]][key[1]]
        measured = data["measured"]
        running = measured["running"]
        yield Instance(
            key,
            tuple(app["app_name"] for app in service["apps"]),
            data["state"],
            data["seconds_in_state"],
            data["uptime"],
            data["pid"],
            tuple(_session(identity, session) for identity, session in data["sessions"].items()),
            measured["messages_per_second"],
            measured["cpu"],
            measured["memory"],
            measured["requests"],
            measured["errors"],
            data["restarts"],
            sum(data["waiting"].values()),
            measured["last_error"],
            tuple(
                Callback(name, times["count"], times["median"], times["worst"], times["recent_worst"])
                for name, times in measured["callbacks"].items()
            ),
            None if running is None else Callback(running["name"], 1, 0, running["seconds"], running["seconds"]),
            data["metrics"][0][1] if data["metrics"] else {},
            data["metrics_metadata"],
            service["log"],
        )


def _not_running(document: dict[str, Any]) -> Iterator[Instance]:
    for workspace, services in document["admin"].items():
        for service, entry in services.items():
            for service_id, down in entry["not_running"].items():
                apps = tuple(app["app_name"] for app in entry["apps"])
                key = (workspace, service, service_id, 0)
                yield Instance(
                    key, apps, down["state"], down["seconds"], last_error=down["error"], log=entry["log"]
                )


def _session(identity: str, data: dict[str, Any]) -> Session:
    traffic = (data["messages_in"], data["messages_out"], data["bytes_in"], data["bytes_out"])
    return Session(identity, data["app_name"], data["uptime"], *traffic)


def _message(entry: dict[str, Any]) -> Message:
    return Message(entry["time"], entry["from"], entry["to"], entry["found"], entry["bytes"])
