"""The URL table: redirects, validators, status, files; and the life of instances."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from narvi_desktop.settings import Settings
from tests.support.server import PROBE, Server, add_probe, until
from tests.support.waiting import PATIENCE

PLACE = "lab/probe/main"
QUICK = replace(Settings(), restart_delays=(0.01, 0.01, 0.01, 0.01, 0.01))


async def test_protocol_index_without_an_id_redirects_to_the_fixed_id_or_the_chooser(server: Server) -> None:
    add_probe(server, "thread")
    status, _, response = await server.get("lab/probe/index.html?a=1")
    assert (status, response.headers["Location"]) == (307, "main/index.html?a=1")
    add_probe(server, "thread", "many", fixed_service_id=None, service_chooser="probe")
    status, _, response = await server.get("lab/many/index.html")
    assert (status, response.headers["Location"]) == (307, "../probe/index.html")
    add_probe(server, "thread", "none", fixed_service_id=None)
    assert (await server.get("lab/none/index.html"))[0] == 404
    assert (await server.get("lab/nobody/index.html"))[0] == 404


async def test_protocol_index_with_an_id_that_the_validator_refuses(server: Server, isolation: str) -> None:
    options: dict[str, Any] = {"fixed_service_id": None, "validator": "service:known"}
    add_probe(server, isolation, service_chooser="chooser", **options)
    add_probe(server, isolation, "plain", **options)
    assert (await server.get("lab/probe/k1/index.html"))[0] == 200
    status, _, response = await server.get("lab/probe/x1/index.html")
    assert (status, response.headers["Location"]) == (307, "../../chooser/index.html")
    assert (await server.get("lab/plain/x1/index.html"))[0] == 404


async def test_protocol_status(server: Server) -> None:
    add_probe(server, "thread")
    assert (await server.get(f"{PLACE}/status"))[0] == 404
    page = await server.page(PLACE)
    async with server.client.get(server.url(f"{PLACE}/status")) as response:
        data = await response.json()
    assert data["session_count"] == 1 and isinstance(data["uptime"], int)
    await page.socket.close()


async def test_protocol_resources_and_narvi_js(server: Server, tmp_path: Path) -> None:
    web = tmp_path / "web"
    (web / "deep").mkdir(parents=True)
    (web / "index.html").write_text("<p>page</p>")
    (web / "deep" / "data.txt").write_text("0123456789")
    (web / ".hidden").write_text("secret")
    (tmp_path / "outside.txt").write_text("secret")
    (web / "link.txt").symlink_to(tmp_path / "outside.txt")

    service = add_probe(server, "thread")
    roots: Any = {("", "**"): web, "extra.txt": tmp_path / "outside.txt"}
    server.hub.register_app("files", service, {}, roots)
    status, text, response = await server.get("lab/files/main/deep/data.txt")
    assert (status, text, response.headers["Cache-Control"]) == (200, "0123456789", "no-cache")
    etag = response.headers["ETag"]
    assert response.headers["Last-Modified"]
    unchanged = await server.get("lab/files/main/deep/data.txt", headers={"If-None-Match": etag})
    assert unchanged[0] == 304
    part = await server.get("lab/files/main/deep/data.txt", headers={"Range": "bytes=2-4"})
    assert part[:2] == (206, "234")
    assert (await server.get("lab/files/main/extra.txt"))[1] == "secret"
    for path in (".hidden", "link.txt", "deep", "missing", "%2e%2e/outside.txt", "deep%2fdata.txt", "a%00"):
        assert (await server.get(f"lab/files/main/{path}"))[0] == 404, path


@pytest.mark.settings(QUICK)
async def test_a_constructor_that_fails_shows_why(server: Server, isolation: str) -> None:
    add_probe(server, isolation, service_class="service:Broken")
    status, text, _ = await server.get(f"{PLACE}/index.html")
    assert status == 503
    assert "the cellar is flooded" in text and "Traceback" in text and "Try again" in text
    socket = await server.connect(f"{PLACE}/connect")
    message = await socket.receive(timeout=PATIENCE)
    assert message.type is aiohttp.WSMsgType.CLOSE and message.data == 1011


async def test_a_class_that_is_missing_names_it(server: Server, isolation: str) -> None:
    add_probe(server, isolation, service_class="service:Missing")
    assert "has no &#x27;Missing&#x27;" in (await server.get(f"{PLACE}/index.html"))[1]


@pytest.mark.settings(QUICK)
async def test_a_killed_worker_ends_its_sessions_and_starts_again(server: Server) -> None:
    add_probe(server, "process")
    add_probe(server, "process", "other")
    page, bystander = await server.page(PLACE), await server.page("lab/other/main")
    pid = (await page.ask("facts"))["pid"]
    await page.socket.send_str('["die"]')
    assert await page.closed() == 1012
    again = await server.page(PLACE)
    assert (await again.ask("facts"))["pid"] != pid
    assert await bystander.ask("names")


async def test_protocol_not_shared_gives_each_session_its_own_instance(server: Server, isolation: str) -> None:
    add_probe(server, isolation, shared=False)
    assert (await server.get(f"{PLACE}/index.html"))[0] == 200
    first, second = await server.page(PLACE), await server.page(PLACE)
    await first.socket.send_str('["broadcast", "mine"]')
    assert await first.text() == "mine"
    assert len(await second.ask("events")) == 1
    _, url = await second.ask("create", "probe", "a", "GET", True)
    assert (await server.get(f"{PLACE}/{url}"))[0] == 201
    await first.socket.close()
    await second.socket.close()
    await until(lambda: not server.hub.instances)


async def test_protocol_idle_timeout_of_instances_without_a_fixed_id(server: Server) -> None:
    add_probe(server, "thread", fixed_service_id=None, idle_timeout=0.01)
    add_probe(server, "thread", "fixed", idle_timeout=0.01)
    page = await server.page("lab/probe/any")
    stays = await server.page("lab/fixed/main")
    assert await page.ask("names") == ["lab", "probe", "any"]
    await stays.socket.close()
    await page.socket.close()
    await until(lambda: [instance.service_id for instance in server.hub.instances] == ["main"])


async def test_restart_gives_a_new_instance(server: Server, isolation: str) -> None:
    service = add_probe(server, isolation)
    page = await server.page(PLACE)
    await page.ask("names")
    assert await server.hub.restart(service) == 1
    assert await page.closed() == 1012
    again = await server.page(PLACE)
    assert len(await again.ask("events")) == 1


async def test_another_environment_without_our_package(server: Server, tmp_path: Path) -> None:
    environment, folder = tmp_path / "env", tmp_path / "app"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    shutil.copytree(PROBE, folder)
    source = folder / "service.py"
    source.write_text("from narvi_desktop import WebAppServices\n" + source.read_text())
    python = environment / "bin" / "python"

    service = add_probe(server, "process", python=(str(python),))
    service.folder = folder
    page = await server.page(PLACE)
    facts = await page.ask("facts")
    assert facts["python"] == str(python)


async def test_many_sockets_meet_one_instance(server: Server, isolation: str) -> None:
    add_probe(server, isolation)
    pages = await asyncio.gather(*(server.page(PLACE) for _ in range(20)))
    assert len(server.hub.instances) == 1
    assert len({page.session_id for page in pages}) == 20
