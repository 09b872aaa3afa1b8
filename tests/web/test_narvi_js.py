"""narvi.js in a real browser, against the real server; and the app that README shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from narvi_desktop.server.registry import Service
from tests.support.browser import SERVICE, browser_page, visit
from tests.support.server import Server, until

ROOT = Path(__file__).parents[2]
PAGE = """<!doctype html><title>Echo</title><output id="seen"></output><output id="status"></output>
<script src="narvi/narvi.js"></script>
<script>
const seen = [], statuses = []
let made = 0
class Echo {
  constructor(service, parameters) { made += 1; this.service = service; seen.push(JSON.stringify(parameters)) }
  recv(message) { seen.push(typeof message === "string" ? message : "bytes " + message.byteLength) }
}
const service = start_narvi(Echo)
service.add_status_listener((status) => statuses.push(status))
service.send("early one")
service.send("early two")
</script>"""


@pytest.fixture
def echo(tmp_path: Path) -> Callable[[Server], Service]:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "index.html").write_text(PAGE)
    (tmp_path / "service.py").write_text(SERVICE)

    def add(server: Server) -> Service:
        service = server.hub.register_service(
            Service("lab", "echo", "service:Echo", fixed_service_id="main", isolation="process", folder=tmp_path)
        )
        server.hub.register_app("echo", service, {"a": 1}, {("", "**"): tmp_path / "web"})
        return service

    return add


async def test_protocol_early_messages_arrive_in_order(server: Server, echo: Callable[[Server], Service]) -> None:
    echo(server)
    async with browser_page() as page:
        await visit(server, page, "lab", "echo")
        await page.wait_for_function("seen.length === 4")
        assert await page.evaluate("seen") == ['{"a":1}', "welcome", "early one", "early two"]
        await page.evaluate("service.send(new Uint8Array([1, 2, 3]).buffer)")
        await page.wait_for_function("seen.at(-1) === 'bytes 3'")
        assert await page.evaluate("statuses") == ["connecting", "connected"]


async def test_it_reconnects_with_the_same_app_and_keeps_what_is_sent(
    server: Server, echo: Callable[[Server], Service]
) -> None:
    service = echo(server)
    async with browser_page() as page:
        await visit(server, page, "lab", "echo")
        await page.wait_for_function("seen.length === 4")
        await page.evaluate(
            "service.add_status_listener((s) => { if (s === 'reconnecting') service.send('meanwhile') })"
        )
        await server.hub.restart(service)
        await page.wait_for_function("seen.at(-1) === 'meanwhile'")
        assert await page.evaluate("made") == 1
        assert await page.evaluate("statuses") == ["connecting", "connected", "reconnecting", "connected"]


async def test_it_stops_when_it_is_no_longer_let_in(server: Server, echo: Callable[[Server], Service]) -> None:
    service = echo(server)
    async with browser_page() as page:
        await visit(server, page, "lab", "echo")
        await page.wait_for_function("statuses.at(-1) === 'connected'")
        server.site.cookie_value = "of another run"
        await server.hub.restart(service)
        await page.wait_for_function("statuses.at(-1) === 'stopped'")
        await page.get_by_text("Open this app again.").wait_for()


async def test_the_module_is_the_same(server: Server, echo: Callable[[Server], Service]) -> None:
    echo(server)
    async with browser_page() as page:
        await visit(server, page, "lab", "echo")
        same = "import('./narvi/narvi.mjs').then((module) => module.start_narvi === start_narvi)"
        assert await page.evaluate(same)


async def test_the_app_of_the_readme(server: Server, tmp_path: Path) -> None:
    from narvi_desktop.library.manifest import load

    readme = (ROOT / "README.md").read_text()
    section = readme[readme.index("## An app of your own") :]
    (tmp_path / "web").mkdir()
    for name, text in re.findall(r"`([\w./]+)`\n\n```\w+\n(.*?)```", section, re.DOTALL):
        (tmp_path / name).write_text(text)
    spec = load(tmp_path).services["greeter"]

    service = server.hub.register_service(
        Service("own", spec.name, spec.service_class, fixed_service_id="main", isolation="process", folder=tmp_path)
    )
    server.hub.register_app("greeter", service, {}, {("", "**"): tmp_path / "web"})
    async with browser_page() as page:
        await visit(server, page, "own", "greeter")
        await page.get_by_role("button", name="Greet").click()
        await page.get_by_text("Hello, Ada!").wait_for()


async def test_the_bundled_hello(server: Server) -> None:
    folder = ROOT / "narvi_desktop" / "apps" / "hello"

    service = server.hub.register_service(
        Service("hello", "hello", "service:Hello", fixed_service_id="main", isolation="process", folder=folder)
    )
    server.hub.register_app("hello", service, {}, {("", "**"): folder / "web"})
    async with browser_page() as first, browser_page() as second:
        await visit(server, first, "hello", "hello")
        await visit(server, second, "hello", "hello")
        await first.get_by_label("Your name").fill("Ada")
        await until(lambda: server.hub.session_count() == 2)
        await first.get_by_role("button", name="Say hello").click()
        for page in (first, second):
            await page.get_by_text("Hello, Ada!").wait_for()
