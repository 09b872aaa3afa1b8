"""Every row of narvi-server.md; a test's name begins with the row that it is about."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from narvi_desktop import NarviServer
from tests.support.programs import Program, wait_for
from tests.support.waiting import PATIENCE

Make = Callable[..., Program]


class Echo:
    """Says what it was given, and records what it lives through."""

    def __init__(self, services: Any, log: list[Any] | None = None, shout: Any = str.upper, **more: Any) -> None:
        self.services, self.shout, self.more = services, shout, more
        self.log = [] if log is None else log
        self.log.append(("constructed", services.get_service_id(), threading.current_thread()))
        services.add_message_listener(lambda message, session: services.send(self.shout(message)))
        services.add_session_close_listener(lambda session: self.log.append(("session closed",)))
        services.add_app_close_listener(lambda: self.log.append(("closed", services.get_service_id())))
        services.set_app2app_message_callback(lambda *arguments: self.log.append(arguments))
        services.set_metrics_callback(self.metrics, {"load": {"min": 0}})

    def metrics(self) -> dict[str, Any]:
        self.log.append(("metrics",))
        return {"load": 1}


def names(log: list[Any]) -> list[Any]:
    return [entry[0] for entry in log]


# NarviServer(…)


@pytest.mark.parametrize("kind", ["tornado", "builtin"])
def test_constructor_accepts_web_server_types_and_refuses_others(kind: str) -> None:
    NarviServer(host="localhost", port=1, web_server_type=kind, base_path="/x", monitoring_retention_s=5)
    with pytest.raises(ValueError, match="web_server_type"):
        NarviServer(web_server_type="apache")
    with pytest.raises(ValueError, match="token: give a secret"):
        NarviServer(token="")
    NarviServer(monitoring_interval_s=0, monitoring_retention_s=0)


@pytest.mark.parametrize("base", ["", "/telesto", "/a/b/", "/narvi"])
def test_constructor_base_path_one_origin_for_all_workspaces(make_program: Make, page: Path, base: str) -> None:
    program = make_program(base_path=base)
    for workspace in ("w", "other"):
        handle = program.server.register_service(workspace, "s", Echo, fixed_service_id="main")
        program.server.register_app("app", handle, {}, {"index.html": str(page)})
    program.start()
    for workspace in ("w", "other"):
        path = f"{base.rstrip('/')}/{workspace}/app"
        assert program.ask(f"{path}/index.html").headers["location"] == "main/index.html"
        assert program.ask(f"{path}/main/index.html").status == 200
    assert program.ask("/elsewhere/w/app/main/index.html").status == 404


def test_constructor_interval_none_never_calls_metrics(make_program: Make) -> None:
    logs: list[list[Any]] = [[], []]
    programs = [make_program(), make_program(monitoring_interval_s=0.05, monitoring_retention_s=10)]
    for program, log in zip(programs, logs, strict=True):
        program.server.register_service("w", "s", Echo, {"log": log}, fixed_service_id="main")
        program.start()
    wait_for(lambda: names(logs[1]).count("metrics") > 3)
    assert "metrics" not in names(logs[0])
    wait_for(lambda: bool(programs[1].instances("s")["main"][0]["metrics"]))


# register_service


def test_register_service_dotted_path_and_the_very_parameter_objects(make_program: Make) -> None:
    program = make_program()
    log: list[Any] = []
    parameters = {"log": log, "shout": lambda text: text + "!"}
    handle = program.server.register_service(
        "w", "s", "tests.embedding.test_narvi_server.Echo", parameters, fixed_service_id="main"
    )
    program.server.register_app("app", handle, {"colour": "blue"})
    program.start()
    greeting, answer = asyncio.run(program.talk("/narvi/w/app/main/connect", "hi"))
    assert greeting["action"] == "session_connected" and greeting["app_parameters"] == {"colour": "blue"}
    assert answer == "hi!" and log[0][:2] == ("constructed", "main")
    assert log[0][2] is not threading.current_thread()


def test_register_service_handle_has_its_attributes(make_program: Make) -> None:
    parameters: dict[str, Any] = {"shout": 1}

    def validator(service_id: str) -> bool:
        return True

    handle = make_program().server.register_service("w", "s", "a.B", parameters, "main", False, validator, 0)
    assert (handle.workspace, handle.app_service_name, handle.app_cls_name) == ("w", "s", "a.B")
    assert handle.app_parameters is parameters and handle.service_id_validator is validator
    assert handle.fixed_service_id == "main" and handle.is_shared_service is False


def test_register_service_validators_any_callable_none_and_one_that_raises(make_program: Make, page: Path) -> None:
    program = make_program()
    validators: dict[str, Any] = {"some": {"a"}.__contains__, "all": None, "fails": lambda service_id: 1 / 0}
    for name, validator in validators.items():
        handle = program.server.register_service("w", name, Echo, service_id_validator=validator)
        program.server.register_app(name, handle, {}, {"index.html": str(page)}, "chooser")
    program.start()
    expected = {("some", "a"): 200, ("some", "b"): 307, ("all", "b"): 200, ("fails", "a"): 307}
    for (name, service_id), status in expected.items():
        answer = program.ask(f"/narvi/w/{name}/{service_id}/index.html")
        assert answer.status == status
        if status == 307:
            assert answer.headers["location"] == "../../chooser/index.html"


def test_register_service_idle_timeout_zero_ends_with_the_last_session(make_program: Make) -> None:
    program, log = make_program(), list[Any]()
    handle = program.server.register_service("w", "s", Echo, {"log": log}, idle_timeout=0)
    program.server.register_app("app", handle)
    program.start()
    asyncio.run(program.talk("/narvi/w/app/x/connect", "hi"))
    wait_for(lambda: names(log)[-1] == "closed")
    wait_for(lambda: program.instances("s") == {})


# the same name again


def test_same_name_an_app_stays_with_its_handle_and_by_name_the_last_counts(make_program: Make) -> None:
    program = make_program()
    first = program.server.register_service("w", "runner", Echo, {"shout": lambda m: "1"}, "fixed", False)
    program.server.register_app("one", first)
    second = program.server.register_service("w", "runner", Echo, {"shout": lambda m: "2"})
    program.server.register_app("two", second)
    program.start()
    assert asyncio.run(program.talk("/narvi/w/one/fixed/connect", "x"))[1] == "1"
    program.server.start_service("w", "runner", "fixed")
    wait_for(lambda: list(program.instances("runner")) == ["fixed"])
    assert asyncio.run(program.talk("/narvi/w/two/fixed/connect", "x"))[1] == "2"
    program.server.stop_service("w", "runner", "fixed")
    wait_for(lambda: program.instances("runner") == {})


# register_app


def test_register_app_returns_none_and_replaces(make_program: Make, page: Path) -> None:
    program = make_program()
    handle = program.server.register_service("w", "s", Echo, fixed_service_id="main")
    register: Any = program.server.register_app
    assert register(application_service=handle, app_name="app", app_parameters={"n": 1}) is None
    register("app", handle, {"n": 2}, {"index.html": str(page)})
    program.start()
    assert asyncio.run(program.talk("/narvi/w/app/main/connect"))[0]["app_parameters"] == {"n": 2}
    assert [app["app_name"] for app in program.server._hub.admin_data()["w"]["s"]["apps"]] == ["app"]


def test_register_app_globs_are_fnmatch_and_the_dicts_order_decides(make_program: Make, tmp_path: Path) -> None:
    for name in ("sub/app.css", "sub/deep/x.js", "a1.txt", "b1.txt", "static/s.css", "special.css"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    program = make_program()
    handle = program.server.register_service("w", "s", Echo, fixed_service_id="main")
    roots: dict[Any, str] = {
        "index.html": str(tmp_path / "a1.txt"),
        "**/skadi-page.js": str(tmp_path / "sub/deep/x.js"),
        ("static", "**"): str(tmp_path / "static"),
        "sub/first.css": str(tmp_path / "special.css"),
        ("letters", "[ab]1.txt"): str(tmp_path),
        ("narvi", "*"): str(tmp_path / "nothing"),
        ("", "*"): str(tmp_path),
        "sub/app.css": str(tmp_path / "special.css"),
    }
    program.server.register_app("app", handle, {}, roots)
    program.start()

    def get(path: str) -> str | int:
        answer = program.ask(f"/narvi/w/app/main/{path}")
        return answer.text if answer.status == 200 else answer.status

    assert get("index.html") == "a1.txt"
    assert get("some/where/skadi-page.js") == "sub/deep/x.js"
    assert get("static/s.css") == "static/s.css"
    assert get("sub/first.css") == "special.css"
    assert get("sub/app.css") == "sub/app.css"  # the glob stands before the key
    assert get("letters/a1.txt") == "a1.txt" and get("letters/c1.txt") == 404
    assert "start_narvi" in str(get("narvi/narvi.js"))
    assert get("../page.html") == 404 and get("..%2fpage.html") == 404


# register_redirect, list_app_urls, admin_path


def test_register_redirect_whole_path_before_everything(make_program: Make) -> None:
    program = make_program(base_path="/t", admin_path="/status.json")
    program.server.register_redirect("/", "w", "app")
    program.server.register_redirect("/t/index.html", "w", "app")
    program.start()
    program.server.register_redirect("/t/", "w", "other")
    for path, app in {"/": "app", "/t/index.html": "app", "/t/": "other", "/t/?a=1": "other"}.items():
        answer = program.ask(path)
        assert answer.status == 302
        assert answer.headers["location"].partition("?")[0] == f"/t/w/{app}/index.html"
    assert program.ask("/t").status == 404


def test_list_app_urls_before_and_after_run(make_program: Make) -> None:
    program = make_program(base_path="/t", admin_path="/status.json")
    server = program.server
    fixed = server.register_service("w", "fixed", Echo, fixed_service_id="main")
    free = server.register_service("w", "free", Echo)
    server.register_app("plain", fixed)
    server.register_app("hidden", free)
    server.register_app("chosen", free, service_chooser_app_name="plain")
    server.register_redirect("/", "w", "plain")
    origin = f"http://localhost:{program.port}"
    expected = [
        ("", "admin", f"{origin}/status.json"),
        ("w", "plain", f"{origin}/t/w/plain/index.html"),
        ("w", "chosen", f"{origin}/t/w/chosen/index.html"),
        ("w", "plain", f"{origin}/"),
    ]
    assert server.list_app_urls() == expected
    program.start()
    assert server.list_app_urls() == expected


def test_admin_path_answers_the_admin_data(make_program: Make) -> None:
    program = make_program(admin_path="/status.json")
    handle = program.server.register_service("w", "s", Echo, fixed_service_id="main")
    program.server.register_app("app", handle)
    program.start()
    data = json.loads(program.ask("/status.json").body)
    assert set(data) == {"w"} and set(data["w"]) == {"s"}
    assert [app["app_name"] for app in data["w"]["s"]["apps"]] == ["app"]
    (instance,) = data["w"]["s"]["instances"]["main"]
    assert isinstance(instance["uptime"], int)
    assert {"sessions", "metrics", "metrics_metadata"} <= set(instance)


# run, close


def test_run_starts_services_then_listens_then_calls_ready_on_its_thread(make_program: Make) -> None:
    program, log = make_program(), list[Any]()
    server = program.server
    server.register_service("w", "free", Echo, {"log": log}, service_id_validator=lambda service_id: False)
    server.register_service("w", "fixed", Echo, {"log": log}, fixed_service_id="main")
    server.register_service("w", "single", Echo, {"log": log}, "one", shared_service=False)
    server.start_service("w", "free", "early")

    def ready() -> None:
        log.append(("ready", threading.current_thread()))
        log.append(("status", program.ask("/nothing").status))
        assert list(server.get_service_statuses("w")["fixed"]["instances"]) == ["main"]
        server.close()

    server.run(ready)
    assert names(log)[:2] == ["constructed", "constructed"] and [log[0][1], log[1][1]] == ["early", "main"]
    assert ("ready", threading.current_thread()) in log and ("status", 404) in log
    assert {entry[1] for entry in log if entry[0] == "closed"} == {"early", "main"}
    with pytest.raises(RuntimeError, match="runs once"):
        server.run()


def test_run_raises_os_error_for_a_taken_port_before_any_service_starts(make_program: Make) -> None:
    program, log = make_program(), list[Any]()
    program.start()
    server = NarviServer(port=program.port)
    server.register_service("w", "s", Echo, {"log": log}, fixed_service_id="main")
    with pytest.raises(OSError, match=f"127.0.0.1:{program.port} is in use"):
        server.run()
    assert log == []


def test_close_from_a_service_lets_run_return(make_program: Make) -> None:
    program, log = make_program(), list[Any]()

    def shout(message: str) -> str:
        program.server.close()
        return message

    handle = program.server.register_service("w", "s", Echo, {"log": log, "shout": shout}, "main")
    program.server.register_app("app", handle)
    program.start()
    asyncio.run(program.talk("/narvi/w/app/main/connect", "bye"))
    assert program.thread is not None
    program.thread.join(PATIENCE)
    assert names(log)[-2:] == ["session closed", "closed"]


def test_services_print_is_the_programs_and_sigint_ends_run(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        "from narvi_desktop import NarviServer\n"
        "class S:\n"
        "    def __init__(self, services):\n"
        "        print('constructed', flush=True)\n"
        "        services.add_app_close_listener(lambda: print('closed', flush=True))\n"
        "server = NarviServer(port=0)\n"
        "server.register_service('w', 's', S, fixed_service_id='main')\n"
        "server.run(lambda: print('ready', flush=True))\n"
        "print('after', flush=True)\n"
    )
    program = subprocess.Popen([sys.executable, tmp_path / "program.py"], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    with program.stdout as output:
        assert [output.readline(), output.readline()] == ["constructed\n", "ready\n"]
        program.send_signal(signal.SIGINT)
        assert output.read() == "closed\nafter\n"
    assert program.wait(PATIENCE) == 0


# start_service, stop_service, restart_service, get_service_statuses


def test_start_service_asks_no_validator_and_never_times_out(make_program: Make) -> None:
    program, log = make_program(), list[Any]()
    program.server.register_service(
        "w", "s", Echo, {"log": log}, service_id_validator=lambda service_id: False, idle_timeout=0
    )
    program.start()
    program.server.start_service("w", "s", "x")
    program.server.start_service("w", "unknown", "x")
    assert list(program.instances("s")) == ["x"] and names(log) == ["constructed"]
    assert program.server._loop.call(lambda: next(iter(program.server._hub.instances))._idle) is None


def test_stop_and_restart_service_return_at_once_in_the_service_itself(make_program: Make) -> None:
    program, log, returned = make_program(), list[Any](), list[tuple[str, bool]]()

    def shout(message: str) -> str:
        stop = program.server.stop_service if message == "stop" else program.server.restart_service
        stop("w", "s", "main")
        # Its own close listeners wait for this callback to end.
        returned.append((message, names(log).count("closed") == len(returned)))
        return message

    handle = program.server.register_service("w", "s", Echo, {"log": log, "shout": shout}, "main")
    program.server.register_app("app", handle)
    program.start()
    for count, message in enumerate(("stop", "restart"), 1):
        # The answer and the close of the session are sent by two threads: either may be the first.
        assert asyncio.run(program.talk("/narvi/w/app/main/connect", message))[1] in (message, 1012)
        wait_for(lambda: program.instances("s") == {})
        assert returned[-1] == (message, True)
        assert names(log).count("session closed") == names(log).count("closed") == count
    program.server.stop_service("w", "s", "unknown")
    program.server.restart_service("nowhere", "s", "main")


def test_stop_service_lets_close_listeners_send_to_apps(make_program: Make) -> None:
    program, log = make_program(), list[Any]()
    server = program.server

    class Ending(Echo):
        def __init__(self, services: Any, log: list[Any]) -> None:
            super().__init__(services, log)
            services.add_app_close_listener(
                lambda: log.append(("sent", services.send_to_app("w", "receiver", "main", "bye")))
            )

    server.register_service("w", "ending", Ending, {"log": []}, "main")
    handle = server.register_service("w", "receiver", Echo, {"log": log}, "main")
    server.register_app("receiver", handle)
    program.start()
    server.stop_service("w", "ending", "main")
    wait_for(lambda: ("w", "ending", "main", "bye") in log)


def test_get_service_statuses_in_a_constructor_before_run_and_for_unknown(make_program: Make) -> None:
    program, seen = make_program(), list[Any]()
    server = program.server

    class Asking(Echo):
        def __init__(self, services: Any) -> None:
            super().__init__(services)
            seen.append(server.get_service_statuses("w"))
            seen.append(services.send_to_app("w", "nobody", "main", 1))

    server.register_service("w", "s", Asking, fixed_service_id="main")
    assert server.get_service_statuses("w") == {"s": {"instances": {}, "apps": []}}
    assert server.get_service_statuses("unknown") == {}
    program.start()
    assert seen[0]["s"] == {"instances": {}, "apps": []} and seen[1] is False
    assert list(program.instances("s")) == ["main"]


async def test_get_service_statuses_does_not_wait_for_app_code(make_program: Make) -> None:
    program, go_on = make_program(), threading.Event()

    def block(message: str) -> str:
        go_on.wait(PATIENCE)
        return message

    handle = program.server.register_service("w", "s", Echo, {"shout": block}, "main")
    program.server.register_app("app", handle)
    program.start()

    url = f"http://localhost:{program.port}/narvi/w/app/main/connect"
    async with aiohttp.ClientSession() as client, client.ws_connect(url) as socket:
        await socket.receive_str(timeout=PATIENCE)
        await socket.send_str("block")
        assert len(program.instances("s")["main"][0]["sessions"]) == 1
        go_on.set()
        assert await socket.receive_str(timeout=PATIENCE) == "block"


# get_path_of_resource


def test_get_path_of_resource_of_a_package_and_a_file() -> None:
    folder = NarviServer.get_path_of_resource("narvi_desktop.server")
    assert Path(folder).is_dir()
    assert NarviServer.get_path_of_resource("narvi_desktop.server", "hub.py") == str(Path(folder) / "hub.py")
    with pytest.raises(ImportError):
        NarviServer.get_path_of_resource("no_such_package_here")


# services


def test_services_app_to_app_data_is_the_object_itself(make_program: Make) -> None:
    program, log, thing = make_program(), list[Any](), object()

    class Sending(Echo):
        def __init__(self, services: Any) -> None:
            super().__init__(services)
            log.append(services.send_to_app("w", "receiver", "main", thing))

    handle = program.server.register_service("w", "receiver_service", Echo, {"log": log}, "main")
    program.server.register_app("receiver", handle)
    program.server.register_service("w", "sending", Sending, fixed_service_id="main")
    program.start()
    wait_for(lambda: len(log) == 3)
    assert True in log
    received = next(entry for entry in log if isinstance(entry, tuple) and len(entry) == 4)
    assert received[:3] == ("w", "sending", "main") and received[3] is thing


# who gets in


def test_who_gets_in_plain_addresses_scripts_and_no_other_web_site(make_program: Make) -> None:
    program = make_program()
    handle = program.server.register_service("w", "s", Echo, fixed_service_id="main")
    program.server.register_app("app", handle)
    program.start()
    path, port = "/narvi/w/app/main/status", program.port
    assert program.ask(path, Host=f"localhost:{port}").status == 200
    assert program.ask(path, Sec_Fetch_Site="none").status == 200
    assert program.ask(path, Origin=f"http://127.0.0.1:{port}", Sec_Fetch_Site="same-origin").status == 200
    assert program.ask(path, "POST", b"x").status == 405  # a script without an Origin gets as far as the route
    for headers in (
        {"Host": f"evil.example:{port}"},
        {"Host": "localhost:1"},
        {"Host": "localhost"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://localhost:{port}"},  # the Host says 127.0.0.1
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ):
        assert program.ask(path, "GET", None, **headers).status == 403, headers


def test_who_gets_in_a_token_in_addition(make_program: Make) -> None:
    program = make_program(token="secret", admin_path="/status.json")
    program.start()
    assert program.ask("/status.json").status == 403
    assert program.ask("/status.json?token=wrong").status == 403
    assert program.ask("/status.json", Authorization="Bearer secret").status == 200
    answer = program.ask("/status.json?a=1&token=secret")
    assert answer.status == 303 and answer.headers["location"] == "/status.json?a=1"
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert program.ask("/status.json", Cookie=cookie).status == 200
    assert program.server.list_app_urls()[0][2].endswith("/status.json?token=secret")
