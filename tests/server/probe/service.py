"""An app whose service does what its page asks for and tells what its callbacks were given."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
import threading
from typing import Any


class Probe:
    def __init__(self, services: Any, **parameters: Any) -> None:
        self.services = services
        self.parameters = parameters
        self.events: list[Any] = []
        self.threads = {threading.get_ident()}
        self.handlers: list[str] = []
        self.database = sqlite3.connect(":memory:")
        self.database.execute("create table messages (text)")
        services.add_message_listener(self.on_message)
        services.add_session_open_listener(self.on_open)
        services.add_session_close_listener(self.on_close)
        services.add_app_close_listener(self.on_app_close)
        services.set_app2app_message_callback(self.on_app_message)

    def on_open(self, app_name: str, session_id: str, query: dict[str, str], headers: dict[str, str]) -> None:
        self.threads.add(threading.get_ident())
        self.events.append(["open", app_name, session_id, query, sorted(headers)])
        if "snapshot" in query:
            self.services.send("snapshot", for_session_id=session_id)

    def on_close(self, session_id: str) -> None:
        self.events.append(["close", session_id])
        if "closes" in self.parameters:
            with open(self.parameters["closes"], "a") as file:
                file.write("session\n")

    def on_app_close(self) -> None:
        self.database.close()
        if "closes" in self.parameters:
            with open(self.parameters["closes"], "a") as file:
                file.write("app\n")

    def on_app_message(self, workspace: str, service: str, service_id: str, data: Any) -> None:
        self.events.append(["app", workspace, service, service_id, repr(data)])

    def on_message(self, message: Any, session_id: str) -> None:
        self.threads.add(threading.get_ident())
        if isinstance(message, bytes):
            self.services.send(message[::-1], for_session_id=session_id)
            return
        self.database.execute("insert into messages values (?)", (message,))
        do, *arguments = json.loads(message)
        try:
            answer = getattr(self, "do_" + do)(session_id, *arguments)
        except Exception as error:
            answer = {"error": type(error).__name__, "text": str(error)}
        if do not in ("broadcast", "all_but_me", "send_dict"):
            self.services.send(json.dumps(answer), for_session_id=session_id)

    def do_names(self, me: str) -> Any:
        services = self.services
        return [services.get_workspace_id(), services.get_app_name(), services.get_service_id()]

    def do_events(self, me: str) -> Any:
        return self.events

    def do_facts(self, me: str) -> Any:
        (count,) = self.database.execute("select count(*) from messages").fetchone()
        return {"threads": len(self.threads), "messages": count, "pid": os.getpid(), "python": sys.executable}

    def do_broadcast(self, me: str, text: str) -> None:
        self.services.send(text)

    def do_all_but_me(self, me: str, text: str) -> None:
        self.services.send(text, except_session_id=me)

    def do_both(self, me: str, text: str, other: str) -> Any:
        self.services.send(text, for_session_id=other, except_session_id=other)
        return "sent"

    def do_to_gone(self, me: str) -> Any:
        self.services.send("lost", for_session_id="nobody")
        return "fine"

    def do_send_wrong(self, me: str) -> Any:
        self.services.send(42)

    def do_send_dict(self, me: str, message: Any) -> Any:
        self.services.send(message)

    def do_from_threads(self, me: str, threads: int, each: int) -> Any:
        def work(number: int) -> None:
            for index in range(each):
                self.services.send(f"{number} {index}", for_session_id=me)

        workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return "end"

    def do_create(self, me: str, app: str, pattern: str, method: str = "GET", bound: bool = False) -> Any:
        handler_id, url = self.services.create_request_service(
            app, pattern, self.answer, method, session_id=me if bound else None
        )
        return [handler_id, url]

    def do_remove(self, me: str, handler_id: str) -> Any:
        self.services.remove_request_service(handler_id)
        return "removed"

    def answer(self, path: Any, query: Any, headers: Any, body: bytes) -> Any:
        if "raise" in query:
            raise SystemExit("a handler's fault")
        if "wrong" in query:
            return "wrong"
        if "return" in query:
            content = {"str": "texü", "dict": {"a": 1}, "None": None, "bytes": b"b"}[query["return"]]
            return 200, content, None, {}
        told = json.dumps([path, query, sorted(name.lower() for name in headers), body.decode()])
        return 201, told.encode(), "application/json", {"X-Probe": "yes"}

    def do_app_message(self, me: str, workspace: str, app: str, service_id: str, data: Any) -> Any:
        return self.services.send_to_app(workspace, app, service_id, data)

    def do_app_message_odd(self, me: str, workspace: str, app: str, service_id: str) -> Any:
        return self.services.send_to_app(workspace, app, service_id, {"a": (1, b"\x00\xff", None)})

    def do_app_message_wrong(self, me: str) -> Any:
        return self.services.send_to_app("lab", "probe", "main", {"list": [1, object()]})

    def do_metrics(self, me: str) -> Any:
        self.services.set_metrics_callback(
            lambda: {"load": 0.5, "nan": float("nan"), "word": "calm"},
            {"load": {"min": 0, "max": 1, "colour": "red", "unit": "x"}},
        )
        return "set"

    def do_admin(self, me: str) -> Any:
        self.services.set_admin_listener(lambda data: self.services.send(json.dumps(data), for_session_id=me))
        return "set"

    def do_die(self, me: str) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    def do_raise(self, me: str) -> Any:
        raise KeyboardInterrupt


class AsyncProbe(Probe):
    """The same with coroutines: an event holds the queue until its coroutine ends."""

    def __init__(self, services: Any, **parameters: Any) -> None:
        super().__init__(services, **parameters)
        self.ticks = 0
        self.task = asyncio.get_running_loop().create_task(self.tick())

    async def tick(self) -> None:
        while True:
            self.ticks += 1
            await asyncio.sleep(0)

    async def on_message(self, message: Any, session_id: str) -> None:  # type: ignore[override]
        before = self.ticks
        while self.ticks < before + 2:
            await asyncio.sleep(0)
        super().on_message(message, session_id)

    async def answer(self, path: Any, query: Any, headers: Any, body: bytes) -> Any:
        await asyncio.sleep(0)
        return super().answer(path, query, headers, body)


class Broken:
    def __init__(self, services: Any) -> None:
        raise RuntimeError("the cellar is flooded")


def known(service_id: str) -> bool:
    return service_id.startswith("k")
