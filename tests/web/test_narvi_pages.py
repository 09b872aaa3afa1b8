"""Pages that were written for Narvi's own narvi.js, in a real browser."""

from __future__ import annotations

from pathlib import Path

from narvi_desktop.server.registry import Service
from tests.support.browser import SERVICE, browser_page, visit
from tests.support.server import Server

# As Narvi's guide lays a page out: the listener calls a recv of the page's own.
PAGE = """<!doctype html><title>Echo</title>
<script src="narvi/narvi.js"></script>
<script>
const seen = []
class Echo {
  constructor(service, parameters) {
    this.service = service
    this.parameters = parameters
    service.add_message_listener((message) => this.recv(message))
  }
  recv(message) { seen.push(message) }
}
const session = start_narvi(Echo)
const before = { webapp: session.webapp, session_id: session.session_id }
</script>"""


def add_echo(server: Server, folder: Path, page: str = PAGE) -> Service:
    (folder / "web").mkdir()
    (folder / "web" / "index.html").write_text(page)
    (folder / "service.py").write_text(SERVICE)
    options = {"fixed_service_id": "main", "isolation": "process", "folder": folder}
    service = server.hub.register_service(Service("lab", "echo", "service:Echo", **options))  # type: ignore[arg-type]
    server.hub.register_app("echo", service, {"a": 1}, {("", "**"): folder / "web"})
    return service


async def test_protocol_recv_only_while_no_listener_was_added(server: Server, tmp_path: Path) -> None:
    add_echo(server, tmp_path)
    async with browser_page() as page:
        await visit(server, page, "lab", "echo")
        await page.wait_for_function("seen.length === 1")
        await page.evaluate("session.service.send('one')")
        await page.evaluate("session.service.send('two')")
        await page.wait_for_function("seen.at(-1) === 'two'")
        assert await page.evaluate("seen") == ["welcome", "one", "two"]


async def test_protocol_start_narvi_returns_the_session(server: Server, tmp_path: Path) -> None:
    add_echo(server, tmp_path)
    async with browser_page() as page:
        await visit(server, page, "lab", "echo")
        await page.wait_for_function("seen.length === 1")
        assert await page.evaluate("before") == {"webapp": None, "session_id": None}
        assert await page.evaluate("session.webapp instanceof Echo && session.webapp.service === session.service")
        assert await page.evaluate("session.webapp.parameters") == {"a": 1}
        (instance,) = server.hub.instances
        (session_id,) = (session.session_id for session in instance.sessions.values())
        assert await page.evaluate("session.session_id") == session_id


async def test_protocol_page_is_loaded_again_after_a_restart(server: Server, tmp_path: Path) -> None:
    service = add_echo(server, tmp_path)
    (tmp_path / "service.py").write_text(
        SERVICE.replace(
            "services.send(message, for_session_id=session))",
            f"open({str(tmp_path / 'said.txt')!r}, 'a').write(message + '\\n'))",
        )
    )
    async with browser_page() as page:
        await visit(server, page, "lab", "echo")
        await page.wait_for_function("seen.length === 1")
        await page.evaluate("globalThis.first_load = true")
        await page.evaluate("session._socket.addEventListener('close', () => session.send('meanwhile'))")
        await server.hub.restart(service)
        await page.wait_for_function(
            "globalThis.first_load === undefined && typeof seen === 'object' && seen.length === 1"
        )
        assert await page.evaluate("seen") == ["welcome"]  # built once, from the snapshot
        assert (tmp_path / "said.txt").read_text() == "meanwhile\n"


async def test_it_is_reconnected_instead_while_its_window_is_held(server: Server, tmp_path: Path) -> None:
    service = add_echo(server, tmp_path)
    async with browser_page() as page:
        await visit(server, page, "lab", "echo")
        await page.wait_for_function("seen.length === 1")
        await page.evaluate("session.hold_window('Two words are not saved.')")
        await server.hub.restart(service)
        await page.wait_for_function("seen.length === 2")
        assert await page.evaluate("seen") == ["welcome", "welcome"]


def add_chosen(server: Server, folder: Path, chooser: str | None) -> Service:
    """Add an app whose ids are known to a file, and a page that chooses one of them."""
    for name in ("echo", "directory"):
        (folder / name).mkdir()
    (folder / "echo" / "index.html").write_text(PAGE)
    (folder / "directory" / "index.html").write_text("<!doctype html><title>Directory</title>")
    known = folder / "known"
    known.write_text("main")
    (folder / "service.py").write_text(SERVICE + f"\ndef known(name): return name in open({str(known)!r}).read()\n")
    service = Service("lab", "echo", "service:Echo", validator="service:known", isolation="process", folder=folder)
    server.hub.register_service(service)
    server.hub.register_app("echo", service, {}, {("", "**"): folder / "echo"}, chooser)
    chooser_service = Service("lab", "directory", "service:Echo", {}, "main", isolation="process", folder=folder)
    server.hub.register_service(chooser_service)
    server.hub.register_app("directory", chooser_service, {}, {("", "**"): folder / "directory"})
    return service


async def test_an_id_that_is_refused_at_a_reconnect_leads_to_the_chooser(server: Server, tmp_path: Path) -> None:
    service = add_chosen(server, tmp_path, "directory")
    async with browser_page() as page:
        await visit(server, page, "lab", "echo")
        await page.wait_for_function("seen.length === 1")
        (tmp_path / "known").write_text("other")
        await server.hub.restart(service)
        await page.wait_for_url("**/narvi/lab/directory/main/index.html")
        assert await page.title() == "Directory"


async def test_an_id_that_is_refused_without_a_chooser_is_said(server: Server, tmp_path: Path) -> None:
    service = add_chosen(server, tmp_path, None)
    async with browser_page() as page:
        await visit(server, page, "lab", "echo")
        await page.wait_for_function("seen.length === 1")
        (tmp_path / "known").write_text("other")
        await server.hub.restart(service)
        await page.get_by_text('There is no "main" any more.').wait_for()
        assert await page.evaluate("session.status") == "stopped"
