"""Each of the 14 methods of WebAppServices over real sockets, in both kinds of worker, plain and async."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from narvi_desktop.settings import Settings
from tests.support.server import Server, add_probe, until
from tests.support.waiting import PATIENCE

PLACE = "lab/probe/main"


@pytest.fixture(params=["Probe", "AsyncProbe"])
def probe_class(request: pytest.FixtureRequest) -> str:
    return f"service:{request.param}"


async def test_protocol_names(server: Server, isolation: str, probe_class: str) -> None:
    add_probe(server, isolation, service_class=probe_class)
    page = await server.page(PLACE)
    assert await page.ask("names") == ["lab", "probe", "main"]


async def test_protocol_connect_session_connected_comes_first(server: Server, isolation: str) -> None:
    add_probe(server, isolation, app_parameters={"colour": "blue"})
    socket = await server.connect(f"{PLACE}/connect?snapshot=1")
    greeting = json.loads(await socket.receive_str(timeout=PATIENCE))
    assert greeting["app_parameters"] == {"colour": "blue"}
    assert await socket.receive_str(timeout=PATIENCE) == "snapshot"


async def test_protocol_connect_messages_and_heartbeat(server: Server, isolation: str, probe_class: str) -> None:
    add_probe(server, isolation, service_class=probe_class)
    page = await server.page(PLACE)
    await page.socket.send_bytes(b"\x00abc\xff")
    assert await page.bytes() == b"\xffcba\x00"
    await page.socket.send_str("")  # the heartbeat reaches no listener
    assert (await page.ask("facts"))["messages"] == 1


async def test_protocol_send_to_one_all_and_all_but_one(server: Server, isolation: str, probe_class: str) -> None:
    add_probe(server, isolation, service_class=probe_class)
    first, second, third = [await server.page(PLACE) for _ in range(3)]
    assert await third.ask("names")  # its open event has been dispatched
    await first.socket.send_str('["broadcast", "to all ü"]')
    for page in (first, second, third):
        assert await page.text() == "to all ü"
    await first.socket.send_str('["all_but_me", "to the others"]')
    assert await second.text() == await third.text() == "to the others"
    # for_session_id wins over except_session_id.
    assert await first.ask("both", "to you", second.session_id) == "sent"
    assert await second.text() == "to you"
    assert await first.ask("to_gone") == "fine"
    assert await third.ask("names") == ["lab", "probe", "main"]


async def test_send_refuses_wrong_types_in_the_apps_own_call(server: Server, isolation: str) -> None:
    add_probe(server, isolation)
    page = await server.page(PLACE)
    answer = await page.ask("send_wrong")
    assert answer == {"error": "TypeError", "text": "msg must be str, bytes or dict, not int"}


async def test_protocol_send_from_many_threads_loses_and_reorders_nothing(server: Server, isolation: str) -> None:
    add_probe(server, isolation)
    page = await server.page(PLACE)
    await page.socket.send_str('["from_threads", 8, 200]')
    seen: dict[str, list[int]] = {}
    while (text := await page.text()) != '"end"':
        number, index = text.split()
        seen.setdefault(number, []).append(int(index))
    assert seen == {str(number): list(range(200)) for number in range(8)}


async def test_protocol_session_listeners(server: Server, isolation: str, probe_class: str) -> None:
    add_probe(server, isolation, service_class=probe_class)
    watcher = await server.page(PLACE)
    socket = await server.connect(f"{PLACE}/connect?name=Ada&name=Eve")
    session_id = json.loads(await socket.receive_str(timeout=PATIENCE))["session_id"]
    await socket.close()
    await until(lambda: server.hub.session_count() == 1)
    events = await watcher.ask("events")
    opened = next(event for event in events if event[0] == "open" and event[2] == session_id)
    assert opened[1] == "probe" and opened[3] == {"name": "Eve"}  # the last of a name counts, as in Narvi
    assert "Authorization" not in opened[4]
    assert events.count(["close", session_id]) == 1


async def test_stop_runs_the_close_listeners_once(server: Server, isolation: str, tmp_path: Path) -> None:
    closes = tmp_path / "closes"

    service = add_probe(server, isolation, parameters={"closes": str(closes)})
    page = await server.page(PLACE)
    assert await page.ask("names")
    await server.hub.stop(service)
    assert await page.closed() == 1001
    assert closes.read_text().splitlines() == ["session", "app"]


async def test_protocol_request_services(server: Server, isolation: str, probe_class: str) -> None:
    add_probe(server, isolation, service_class=probe_class)
    page = await server.page(PLACE)
    handler_id, url = await page.ask("create", "probe", "image/$name/$$rest")
    assert url == "image/$name/$$rest"
    status, text, response = await server.get(f"{PLACE}/image/a%20b/c/d?q=1")
    path, query, headers, _ = json.loads(text)
    assert (status, path, query) == (201, {"name": "a b", "rest": "c/d"}, {"q": "1"})
    assert response.headers["X-Probe"] == "yes" and "authorization" not in headers
    assert (await server.get(f"{PLACE}/image/a"))[0] == 404
    await page.ask("create", "probe", "image/one/$$rest")
    assert json.loads((await server.get(f"{PLACE}/image/one/x"))[1])[0] == {"rest": "x"}
    async with server.client.head(server.url(f"{PLACE}/image/a/b")) as head:
        assert head.status == 201
    async with server.client.put(server.url(f"{PLACE}/image/a/b")) as put:
        assert (put.status, put.headers["Allow"]) == (405, "GET, HEAD")
    await page.ask("create", "probe", "image/$name/$$rest", "PUT")
    async with server.client.put(server.url(f"{PLACE}/image/a/b"), data=b"body") as put:
        assert json.loads(await put.text())[3] == "body"
    assert await page.ask("remove", handler_id) == "removed"
    assert (await server.get(f"{PLACE}/image/a/b"))[0] == 405


async def test_protocol_request_services_of_a_session_go_with_it(server: Server, isolation: str) -> None:
    add_probe(server, isolation)
    page = await server.page(PLACE)
    _, url = await page.ask("create", "probe", "file/$id", "GET", True)
    assert url == f"session/{page.session_id}/file/$id"
    place = f"{PLACE}/session/{page.session_id}/file/7"
    assert (await server.get(place))[0] == 201
    assert (await server.get(f"{PLACE}/file/7"))[0] == 404
    await page.socket.close()
    await until(lambda: server.hub.session_count() == 0)
    assert (await server.get(place))[0] == 404


@pytest.mark.parametrize(
    "pattern", ["", "/a", "a//b", "../a", "a/./b", "$x/$x", "$", "a?b"]
)
async def test_bad_patterns_are_errors_in_the_apps_own_call(server: Server, isolation: str, pattern: str) -> None:
    add_probe(server, isolation)
    page = await server.page(PLACE)
    assert (await page.ask("create", "probe", pattern))["error"] == "ValueError"
    assert await page.ask("names")


async def test_protocol_unknown_app_double_service_and_hidden_pattern_are_accepted_and_logged_once(
    server: Server, isolation: str
) -> None:
    service = add_probe(server, isolation)
    page = await server.page(PLACE)
    for pattern in ("a", "a"):
        _, url = await page.ask("create", "nobody", pattern)
        assert url == "a"
    assert (await server.get("lab/nobody/main/a"))[0] == 404
    first, _ = await page.ask("create", "probe", "twice/$b")
    second, _ = await page.ask("create", "probe", "twice/$c")
    _, answer, _ = await server.get(f"{PLACE}/twice/1")
    assert json.loads(answer)[0] == {"b": "1"}
    await page.ask("remove", first)
    _, answer, _ = await server.get(f"{PLACE}/twice/1")
    assert json.loads(answer)[0] == {"c": "1"}
    await page.ask("remove", second)
    assert (await server.get(f"{PLACE}/twice/1"))[0] == 404
    for pattern in ("index.html", "status", "session/$x", "connect"):
        assert (await page.ask("create", "probe", pattern))[1] == pattern
    log = server.hub.log_of(service)
    await until(lambda: log.tail().count("is hidden by a fixed route") == 4)
    assert log.tail().count("'nobody' is no app of this service") == 1


async def test_protocol_send_of_a_dict_is_json_text(server: Server, isolation: str) -> None:
    add_probe(server, isolation)
    page = await server.page(PLACE)
    await page.socket.send_str('["send_dict", {"a": [1, "ü"]}]')
    assert json.loads(await page.text()) == {"a": [1, "ü"]}


@pytest.mark.parametrize(
    ("kind", "text", "mime_type"),
    [
        ("str", "tex\u00fc", "text/html"),
        ("dict", '{"a": 1}', "application/json"),
        ("None", "", "text/html"),
        ("bytes", "b", "text/html"),
    ],
)
async def test_protocol_handlers_return_str_dict_none_and_no_mime_type(
    server: Server, isolation: str, kind: str, text: str, mime_type: str
) -> None:
    add_probe(server, isolation)
    page = await server.page(PLACE)
    await page.ask("create", "probe", "a")
    status, answer, response = await server.get(f"{PLACE}/a?return={kind}&return={kind}")
    assert (status, answer, response.content_type) == (200, text, mime_type)
    _, answer, _ = await server.get(f"{PLACE}/a?name=first&name=last")
    assert json.loads(answer)[1] == {"name": "last"}


async def test_protocol_get_looks_for_a_file_before_request_services(server: Server, isolation: str) -> None:
    add_probe(server, isolation)
    page = await server.page(PLACE)
    for method in ("GET", "POST"):
        await page.ask("create", "probe", "narvi/$file", method)
        await page.ask("create", "probe", "$file", method)
    assert "start_narvi" in (await server.get(f"{PLACE}/narvi/narvi.js"))[1]
    assert (await server.get(f"{PLACE}/other"))[0] == 201
    async with server.client.post(server.url(f"{PLACE}/narvi/narvi.js")) as response:
        assert response.status == 201


@pytest.mark.parametrize("query", ["raise=1", "wrong=1"])
async def test_a_handler_that_fails_answers_500_and_the_next_works(server: Server, isolation: str, query: str) -> None:
    add_probe(server, isolation)
    page = await server.page(PLACE)
    await page.ask("create", "probe", "a")
    assert (await server.get(f"{PLACE}/a?{query}"))[0] == 500
    assert (await server.get(f"{PLACE}/a"))[0] == 201


async def test_protocol_send_to_app(server: Server, isolation: str, probe_class: str) -> None:
    add_probe(server, isolation, service_class=probe_class)
    add_probe(server, isolation, "other", workspace="far", service_class=probe_class)
    page = await server.page(PLACE)
    assert await page.ask("app_message", "far", "other", "main", "nobody yet") is False
    other = await server.page("far/other/main")
    assert await page.ask("app_message", "far", "other", "main", {"n": [1, 2.5, None]}) is True
    assert await page.ask("app_message_odd", "far", "other", "main") is True
    assert await page.ask("app_message", "far", "missing", "main", 1) is False
    events = [event for event in await other.ask("events") if event[0] == "app"]
    assert events == [
        ["app", "lab", "probe", "main", "{'n': [1, 2.5, None]}"],
        ["app", "lab", "probe", "main", "{'a': [1, b'\\x00\\xff', None]}"],
    ]
    wrong = await page.ask("app_message_wrong")
    assert wrong["error"] == "TypeError" and "data['list'][1]" in wrong["text"]


@pytest.mark.settings(replace(Settings(), monitoring_interval=0.05))
async def test_protocol_metrics_and_admin_listener(server: Server, isolation: str) -> None:
    add_probe(server, isolation)
    page = await server.page(PLACE)
    assert await page.ask("metrics") == "set"
    assert await page.ask("admin") == "set"
    while True:
        data: dict[str, Any] = json.loads(await page.text())
        (instance,) = data["lab"]["probe"]["instances"]["main"]
        if instance["metrics"]:
            break
    assert [app["app_name"] for app in data["lab"]["probe"]["apps"]] == ["probe"]
    assert instance["sessions"][page.session_id]["app_name"] == "probe"
    assert isinstance(instance["uptime"], int)
    time, values = instance["metrics"][0]
    assert values == {"load": 0.5, "word": "calm"} and time > 1e9
    assert instance["metrics_metadata"] == {"load": {"min": 0, "max": 1, "colour": "red", "unit": "x"}}


async def test_protocol_callbacks_share_one_thread_with_the_constructor(server: Server, isolation: str) -> None:
    add_probe(server, isolation)
    page = await server.page(PLACE)
    facts = await page.ask("facts")
    assert facts["threads"] == 1
    assert (facts["pid"] == os.getpid()) == (isolation == "thread")


async def test_what_a_callback_raises_ends_nothing(server: Server, isolation: str, probe_class: str) -> None:
    service = add_probe(server, isolation, service_class=probe_class)
    page = await server.page(PLACE)
    await page.socket.send_str('["raise"]')
    await page.socket.send_str("not json")
    assert await page.ask("names")
    await until(lambda: "KeyboardInterrupt" in server.hub.log_of(service).tail(60))


@pytest.mark.settings(replace(Settings(), message_limit=1000))
async def test_a_message_above_the_limit_closes_its_session_only(server: Server, isolation: str) -> None:
    add_probe(server, isolation)
    good, bad = await server.page(PLACE), await server.page(PLACE)
    await bad.socket.send_bytes(bytes(1000))
    assert await bad.bytes() == bytes(1000)
    await bad.socket.send_bytes(bytes(1001))
    assert await bad.closed() == 1009
    assert await good.ask("names")


async def test_any_python_object_as_parameter_in_a_thread(server: Server) -> None:
    from tests.server.probe.service import Probe

    called: list[str] = []

    class Embedded(Probe):
        def do_names(self, me: str) -> Any:
            self.parameters["tell"]("hello")
            return super().do_names(me)

    add_probe(server, "thread", service_class=Embedded, parameters={"tell": called.append})
    page = await server.page(PLACE)
    await page.ask("names")
    assert called == ["hello"]
