"""The package `narvi` that programs and apps find, and who finds it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.async_api import expect

from narvi_desktop.server.registry import Service
from tests.support.browser import browser_page
from tests.support.programs import free_port
from tests.support.server import Server
from tests.support.waiting import PATIENCE

NAMES = """
import narvi
from narvi.api.narvi_server import NarviServer
from narvi.api import server
from narvi.utils.resource_loader import ResourceLoader
from narvi.utils.process_metrics import ProcessMetrics
from narvi.apps.monitor.monitor_app import MonitorApp
import importlib.resources, json, os, narvi_desktop
path = ResourceLoader.get_path_of_resource
assert server.NarviServer is NarviServer is narvi_desktop.NarviServer
assert ResourceLoader.get_class("narvi.apps.monitor.monitor_app.MonitorApp") is MonitorApp
assert ResourceLoader.split_resource_path("a.b/c/d.js") == ("a.b", "c/d.js")
assert ResourceLoader.split_resource_path("a.b:c/d.js") == ("a.b", "c/d.js")
assert os.path.isfile(path("narvi.static", "narvi.js")) and os.path.isdir(path("narvi.static"))
assert importlib.resources.files("narvi.static").joinpath("narvi.js").is_file()
for name in ("index.html", "monitor_app.js", "monitor_app.py"):
    assert os.path.isfile(NarviServer.get_path_of_resource("narvi.apps.monitor", name)), name
metrics = ProcessMetrics.get_process_metrics(os.getpid(), include_children=True)
assert metrics["rss"] > 0 and set(metrics) == set(ProcessMetrics.get_metrics_metadata())
assert ProcessMetrics.get_process_metrics(2 ** 22 + 1) is None
print(narvi.__version__, __name__, *sys.argv[1:])
"""
ECHO_SERVICE = """
from narvi.utils.process_metrics import ProcessMetrics
from narvi.utils.resource_loader import ResourceLoader
import os
class Echo:
    def __init__(self, services):
        services.add_message_listener(lambda message, session: services.send(message, for_session_id=session))
        services.set_metrics_callback(
            lambda: ProcessMetrics.get_process_metrics(os.getpid()), ProcessMetrics.get_metrics_metadata())
        assert ResourceLoader.get_class("service.Echo") is Echo
"""
ECHO_PAGE = """<!doctype html><title>Echo</title><output id="seen"></output>
<script src="narvi/narvi.js"></script>
<script>
class Echo {
  constructor(service) {
    service.add_message_listener((message) => document.getElementById("seen").textContent += message)
    service.send("hello")
  }
}
start_narvi(Echo)
</script>"""
PROGRAM = """
import sys
from narvi.api.narvi_server import NarviServer
path = NarviServer.get_path_of_resource
server = NarviServer(port=int(sys.argv[1]), monitoring_interval_s=0.1)
echo = server.register_service("guide", "echo_service", "service.Echo", fixed_service_id="main")
server.register_app("echo", echo, resource_roots={"index.html": sys.argv[2]})
monitor = server.register_service(
    "admin", "monitor_service", "narvi.apps.monitor.monitor_app.MonitorApp", fixed_service_id="main")
server.register_app("monitor", monitor, resource_roots={("", "*"): path("narvi.apps.monitor")})
server.run(lambda: print("ready", flush=True))
"""


def run_python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


def test_every_name_that_programs_import(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("import sys\n" + NAMES)
    done = run_python("-m", "narvi_desktop.compat", "program.py", "one", "--two", cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("0.0.6 __main__ one --two\n", "")
    done = run_python("-m", "narvi_desktop.compat", "-m", "program", "one", cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("0.0.6 __main__ one\n", "")


def test_the_name_narvi_is_nobodys_until_it_is_asked_for(tmp_path: Path) -> None:
    done = run_python("-c", "import narvi_desktop, narvi_desktop.compat, narvi", cwd=tmp_path)
    assert "ModuleNotFoundError: No module named 'narvi'" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["--help"], ["missing.py"]])
def test_usage(tmp_path: Path, arguments: list[str]) -> None:
    done = run_python("-m", "narvi_desktop.compat", *arguments, cwd=tmp_path)
    assert done.returncode == 1 and "usage: python -m narvi_desktop.compat" in done.stderr


@pytest.fixture
def echo(tmp_path: Path) -> Path:
    (tmp_path / "service.py").write_text(ECHO_SERVICE)
    (tmp_path / "index.html").write_text(ECHO_PAGE)
    return tmp_path


async def test_the_user_guides_echo_and_the_monitor_on_the_embedding_api(echo: Path) -> None:
    (echo / "program.py").write_text(PROGRAM)
    port = free_port()
    files = [str(echo / name) for name in ("program.py", "index.html")]
    command = [sys.executable, "-m", "narvi_desktop.compat", files[0], str(port), files[1]]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    with program.stdout as output:
        try:
            assert output.readline() == "ready\n"
            async with browser_page() as page:
                await page.goto(f"http://localhost:{port}/narvi/guide/echo/index.html")
                await expect(page.locator("#seen")).to_have_text("hello")
                monitor = await page.context.new_page()
                await monitor.goto(f"http://localhost:{port}/narvi/admin/monitor/index.html")
                row = monitor.locator("#services tr", has_text="echo_service")
                await expect(row).to_contain_text("guide")
                await expect(row).to_contain_text("rss")
        finally:
            program.terminate()
            output.read()
            program.wait(PATIENCE)


async def test_the_user_guides_echo_as_an_app_folder_finds_the_helpers(server: Server, echo: Path) -> None:
    service = Service(
        "guide", "echo", "service:Echo", fixed_service_id="main", isolation="process", folder=echo
    )
    server.hub.register_service(service)
    server.hub.register_app("echo", service, {}, {"index.html": echo / "index.html"})
    page = await server.page("guide/echo/main")
    await page.socket.send_str("hello")
    assert await page.text() == "hello"
    async with browser_page() as browser:
        await browser.goto(server.sites.issue_ticket("guide", "echo", "main", 60))
        await expect(browser.locator("#seen")).to_have_text("hello")
