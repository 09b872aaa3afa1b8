"""Home's service: sends the runtime's list of apps to its pages, and their commands to the runtime."""

from __future__ import annotations

import asyncio
import hashlib
import json
import mimetypes
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from narvi_desktop import WebAppServices

_INTERVAL = 1.0  # seconds, while a page is open
# The commands that a page may send, and which of their values are passed on.
_COMMANDS = {
    "open": ("app", "service_id", "new_window"),
    "stop": ("app",),
    "log": ("app",),
    "remove": ("app", "data"),
    "forget": ("app",),
    "launcher": ("do", "app"),
}
_ICON_HEADERS = {
    "Cache-Control": "max-age=3600",
    # The icon of an app is served from this site: opened as a page it must not run scripts.
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}
Answer = tuple[int, bytes, str, dict[str, str]]


class Home:
    """Sends the apps to its pages each time that something has changed.

    Args:
        runtime: has `await call(command, payload)`, for the commands of the runtime.
        folder: keeps uploads until they are installed.
    """

    def __init__(self, services: WebAppServices, runtime: Any, folder: str) -> None:
        self._services = services
        self._runtime = runtime
        self._uploads = Path(folder) / "uploads"
        shutil.rmtree(self._uploads, ignore_errors=True)  # of a run that was killed
        self._shown: dict[str, Any] = {}
        self._icons: dict[str, str] = {}
        self._folders: dict[str, Path] = {}  # by session: its upload
        self._sessions: set[str] = set()
        self._watching = False
        self._tasks: set[asyncio.Task[None]] = set()
        services.add_session_open_listener(self.welcome)
        services.add_session_close_listener(self.goodbye)
        services.add_message_listener(self.on_message)
        services.create_request_service("home", "icon/$key", self.icon)

    async def welcome(self, app_name: str, session_id: str, query: dict[str, str], headers: dict[str, str]) -> None:
        self._sessions.add(session_id)
        self._services.create_request_service("home", "file", self._receiver(session_id), "POST", session_id)
        if self._shown:
            self._send(session_id, action="apps", **self._shown)
        if not self._watching:
            self._watching = True
            self._start(self._watch())

    def goodbye(self, session_id: str) -> None:
        self._sessions.discard(session_id)
        self._clear(session_id)

    async def on_message(self, message: str | bytes, session_id: str) -> None:
        request = json.loads(message)
        name, number = request.get("command"), request.get("number")
        if name == "install":
            # A task, so that no other page waits for it.
            self._start(self._install(session_id, number, request.get("replace") is True))
        elif name == "clear":
            self._clear(session_id)
            self._send(session_id, action="answer", number=number, answer={})
        elif name in _COMMANDS:
            payload = {key: request[key] for key in _COMMANDS[name] if key in request}
            self._start(self._command(session_id, number, name, payload))

    def icon(self, path: dict[str, str], query: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        file = Path(self._icons.get(path["key"], ""))
        try:
            data = file.read_bytes()
        except OSError:
            return 404, b"", "text/plain", {}
        return 200, data, mimetypes.guess_type(file.name)[0] or "application/octet-stream", _ICON_HEADERS

    # The cards.

    async def _watch(self) -> None:
        while self._sessions:
            await self._show()
            await asyncio.sleep(_INTERVAL)
        self._shown, self._watching = {}, False

    async def _show(self) -> None:
        """Send the apps to all pages if anything has changed."""
        answer = await self._runtime.call("apps", {})
        if "error" in answer:
            return  # the runtime's log says why; the next round may succeed
        shown = {"first": answer["first"], "apps": [self._card(card) for card in answer["apps"]]}
        shown["launcher"] = await self._runtime.call("launcher", {"do": "status"})
        if shown != self._shown:
            self._shown = shown
            self._send(None, action="apps", **shown)

    def _card(self, card: dict[str, Any]) -> dict[str, Any]:
        if card["icon"] is None:
            return card
        try:
            changed = Path(card["icon"]).stat().st_mtime_ns
        except OSError:
            return {**card, "icon": None}
        key = hashlib.sha256(f"{card['icon']} {changed}".encode()).hexdigest()[:20]
        self._icons[key] = card["icon"]
        return {**card, "icon": f"icon/{key}"}

    # Commands of pages.

    async def _command(self, session_id: str, number: Any, name: str, payload: dict[str, Any]) -> None:
        answer = await self._runtime.call(name, payload)
        self._send(session_id, action="answer", number=number, answer=answer)
        await self._show()

    async def _install(self, session_id: str, number: Any, replace: bool) -> None:
        folder = self._folders.get(session_id)
        entries = [] if folder is None else list(folder.iterdir())
        if len(entries) != 1:
            answer = {"error": "Give one app: a folder with a narvi.toml, or a zip of one."}
        else:
            answer = await self._runtime.call("install", {"path": str(entries[0]), "replace": replace})
        if not answer.get("exists"):
            self._clear(session_id)
        self._send(session_id, action="answer", number=number, answer=answer)
        await self._show()

    def _receiver(self, session_id: str) -> Callable[..., Answer]:
        """Return the handler for the files of an upload; the query has the path of each inside the app's folder."""

        def take(path: dict[str, str], query: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
            relative = Path(query.get("path", ""))
            if not relative.parts or relative.is_absolute() or ".." in relative.parts or "\0" in str(relative):
                return 400, b"a path inside the folder is missing", "text/plain", {}
            try:
                file = self._upload(session_id) / relative
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(body)
            except OSError as error:
                return 507, str(error).encode(), "text/plain", {}
            return 204, b"", "text/plain", {}

        return take

    def _upload(self, session_id: str) -> Path:
        if session_id not in self._folders:
            self._uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folders[session_id] = Path(tempfile.mkdtemp(dir=self._uploads))
        return self._folders[session_id]

    def _clear(self, session_id: str) -> None:
        folder = self._folders.pop(session_id, None)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _send(self, session_id: str | None, **message: Any) -> None:
        self._services.send(json.dumps(message), for_session_id=session_id)
