"""`narvi-desktop view URL`: pages that are not of apps, in real windows."""

from __future__ import annotations

import http.server
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.account import Account
from tests.support.waiting import until
from tests.support.windows import titles

PAGE = """<!doctype html><title>Elsewhere page</title>
<a href="http://further.invalid/page">further</a>
<script>
const tell = (what, more = {}) => fetch("said?" + new URLSearchParams({ json: JSON.stringify({ what, ...more }) }))
const visits = Number(localStorage.getItem("visits") ?? 0) + 1
localStorage.setItem("visits", visits)
tell("here", { visits, host: location.hostname, bridge: typeof globalThis.pywebview, cookie: document.cookie })
let popup = null
addEventListener("message", ({ data }) => tell(data))
addEventListener("keydown", ({ key }) => {
  if (key === "p") popup = open("popup", "popup", "width=300,height=200")
  if (key === "c") popup.close()
})
SCRIPT
</script>"""
POPUP = """<!doctype html><title>Elsewhere popup</title><script>opener.postMessage("popup", location.origin)</script>"""


View = Callable[[str], subprocess.Popen[str]]


class Site:
    """A web site of somebody else on this machine."""

    def __init__(self) -> None:
        self.script = ""
        self.said: list[dict[str, Any]] = []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path == "/said":
                    site.said.append(json.loads(parse_qs(parts.query)["json"][0]))
                if parts.path == "/redirect":
                    self.send_response(302)
                    self.send_header("Location", f"http://127.0.0.1:{site.port}/")
                    self.end_headers()
                    return
                page = POPUP if parts.path == "/popup" else PAGE.replace("SCRIPT", site.script)
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, format: str, *arguments: Any) -> None:
                return

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def until_said(self, what: str) -> dict[str, Any]:
        until(lambda: any(message["what"] == what for message in self.said))
        return next(message for message in self.said if message["what"] == what)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def view(user: Account) -> Iterator[View]:
    """Start the command; what still runs when the test ends has failed it, and is killed."""
    processes: list[subprocess.Popen[str]] = []

    def start(url: str) -> subprocess.Popen[str]:
        processes.append(user.start("view", url))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def press(user: Account, title: str, key: str) -> None:
    until(lambda: len(titles(user, title)) == 1)
    command = ["xdotool", "windowfocus", "--sync", titles(user, title)[0], "key", key]
    subprocess.run(command, env=user.environment, check=True)


def close(user: Account, title: str) -> None:
    until(lambda: len(titles(user, title)) == 1)
    subprocess.run(["wmctrl", "-i", "-c", titles(user, title)[0]], env=user.environment, check=True)


def test_it_shows_a_page_and_returns_when_it_is_closed(user: Account, site: Site, view: View) -> None:
    for visit in (1, 2):
        site.said.clear()
        process = view(f"http://localhost:{site.port}/redirect")
        # A redirect at the start decides what the site is.
        said = site.until_said("here")
        assert said == {"what": "here", "visits": visit, "host": "127.0.0.1", "bridge": "undefined", "cookie": ""}
        until(lambda: len(titles(user, "^Elsewhere page$")) == 1)
        assert process.poll() is None
        close(user, "^Elsewhere page$")
        _, error = process.communicate(timeout=30)
        assert process.returncode == 0, error
    assert not user.json("status")["running"]  # no runtime was needed


def test_its_pages_open_windows_and_links_lead_to_the_browser(user: Account, site: Site, view: View) -> None:
    process = view(f"http://127.0.0.1:{site.port}/")
    site.until_said("here")
    press(user, "^Elsewhere page$", "p")
    site.until_said("popup")
    press(user, "^Elsewhere page$", "c")
    until(lambda: titles(user, "^Elsewhere popup$") == [])
    press(user, "^Elsewhere page$", "Tab")
    press(user, "^Elsewhere page$", "Return")
    browsed = user.home / "browsed.txt"
    until(lambda: browsed.exists() and browsed.read_text() == "http://further.invalid/page\n")
    close(user, "^Elsewhere page$")
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_a_page_elsewhere_gets_nothing_of_a_running_app(user: Account, site: Site, view: View) -> None:
    address = user.json("open", "hello")["url"]
    socket = address.replace("http:", "ws:").replace("index.html", "connect")
    site.script = f"""
    const outcomes = {{}}
    const finish = (name, outcome) => {{
      outcomes[name] = outcome
      if (Object.keys(outcomes).length === 3) tell("tried", outcomes)
    }}
    fetch({address!r}).then((answer) => answer.text()).then(() => finish("fetch", "read"), () => finish("fetch", "no"))
    fetch({address!r}, {{ credentials: "include", mode: "no-cors" }})
      .then((answer) => finish("opaque", answer.type), () => finish("opaque", "no"))
    const socket = new WebSocket({socket!r})
    socket.onopen = () => finish("socket", "open")
    socket.onclose = () => finish("socket", "no")
    """
    process = view(f"http://127.0.0.1:{site.port}/")
    tried = site.until_said("tried")
    assert (tried["fetch"], tried["socket"]) == ("no", "no") and tried["opaque"] in ("opaque", "no")
    (instance,) = user.json("status")["admin"]["hello"]["hello"]["instances"]["main"]
    assert len(instance["sessions"]) == 1  # that of the app's own window
    close(user, "^Elsewhere page$")
    process.communicate(timeout=30)


def test_two_windows_of_one_site_do_not_share_a_storage_at_one_time(user: Account, site: Site, view: View) -> None:
    first = view(f"http://127.0.0.1:{site.port}/")
    site.until_said("here")
    second = view(f"http://127.0.0.1:{site.port}/")
    until(lambda: len(site.said) == 2)
    assert [message["visits"] for message in site.said] == [1, 1]
    until(lambda: len(titles(user, "^Elsewhere page$")) == 2)
    for window in titles(user, "^Elsewhere page$"):
        subprocess.run(["wmctrl", "-i", "-c", window], env=user.environment, check=True)
    for process in (first, second):
        process.communicate(timeout=30)
        assert process.returncode == 0


@pytest.mark.parametrize("url", ["notes", "file:///etc/passwd", "http://", "javascript:alert(1)", "http://[bad"])
def test_what_is_no_address_of_a_page_is_refused(account: Account, url: str) -> None:
    code, _, error = account.run("view", url)
    assert code == 2 and "is no address of a page" in error
