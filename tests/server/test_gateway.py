"""The outermost layer. Who is refused: test_security.py; what is answered: test_routes.py."""

from __future__ import annotations

from narvi_desktop.server.security import HEADERS
from tests.support.server import Server, add_probe


async def test_every_answer_has_the_headers(server: Server) -> None:
    add_probe(server, "thread")
    for path in ("lab/probe/main/index.html", "lab/probe/main/nothing", "lab/unknown/x"):
        _, _, response = await server.get(path)
        assert HEADERS.items() <= dict(response.headers).items()


async def test_the_control_api_is_on_its_own_site_alone(server: Server) -> None:
    for workspace, status in (("desktop", 200), ("lab", 403)):
        origin = server.sites.of_workspace(workspace).origin
        async with server.client.get(f"{origin}/api/anything") as response:
            assert response.status == status


async def test_protocol_a_service_id_that_is_refused_at_a_reconnect_is_named(server: Server, isolation: str) -> None:
    add_probe(server, isolation, fixed_service_id=None, validator="service:known", service_chooser="chooser")
    socket = await server.client.ws_connect(server.url("lab/probe/gone/connect"))
    message = await socket.receive(timeout=20)
    assert (message.data, message.extra) == (1011, "no such service id")
    # narvi.js loads the page anew then, and so comes to the chooser.
    status, _, response = await server.get("lab/probe/gone/index.html")
    assert status == 307 and response.headers["Location"] == "../../chooser/index.html"


async def test_protocol_request_services_and_status_of_every_instance_that_is_not_shared(
    server: Server, isolation: str
) -> None:
    add_probe(server, isolation, shared=False)
    assert (await server.get("lab/probe/main/status"))[0] == 404
    first, second = await server.page("lab/probe/main"), await server.page("lab/probe/main")
    await second.ask("create", "probe", "second", "GET")
    assert (await server.get("lab/probe/main/second"))[0] == 201
    async with server.client.get(server.url("lab/probe/main/status")) as response:
        assert (await response.json())["session_count"] == 2
    await first.socket.close()
    await second.socket.close()
