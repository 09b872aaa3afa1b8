"""A hostile app in a real window, and where links lead from one."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.account import Account, make_app
from tests.support.border import FOLDER, WORK_AT_HOME, stolen
from tests.support.waiting import until
from tests.support.windows import titles

# The title says when keys arrive, which Chromium drops before it has painted, and how many links were followed.
LINKS = """<!doctype html><title>Not yet</title>
<a target="_blank" href="{other}">another workspace</a>
<a target="_blank" href="https://example.org/page?a=1">another site</a>
<a target="_blank" href="file:///etc/passwd">a file</a>
<a target="_blank" href="mailto:ada@example.org">mail</a>
<a target="_blank" href="second.html">at home</a>
<script>
let followed = 0
const tell = () => document.title = "Mine " + followed
addEventListener("click", () => {{ followed += 1; tell() }})
const look = () => {{
  const painted = performance.getEntriesByType("paint").length > 0
  if (painted && document.hasFocus()) tell()
  else setTimeout(look, 20)
}}
look()
</script>
"""


def install(seat: Account, workspace: str) -> Path:
    """Burglar and vault in a workspace; returns its data folder."""
    folder = seat.home / "data/narvi-desktop/apps" / workspace
    shutil.copytree(FOLDER, folder)
    manifest = (folder / "narvi.toml").read_text()
    (folder / "narvi.toml").write_text(manifest.replace('workspace = "burglar"', f'workspace = "{workspace}"'))
    return seat.home / "data/narvi-desktop/data" / workspace


def attack(seat: Account, data: Path, target: dict[str, Any]) -> dict[str, str]:
    """Open the burglar on an app's workspace; what its page reports."""
    name = f"{urlsplit(target['url']).port}-{target['workspace']}"
    seat.json("open", "burglar/burglar", "--service-id", name)
    report = data / f"{name}.json"
    until(report.exists)
    results: dict[str, str] = json.loads(report.read_text())
    return results


def test_a_window_gets_nothing_of_another_workspace(seat: Account) -> None:
    burglar, vault = install(seat, "burglar"), install(seat, "vault")
    target = seat.json("open", "vault/vault")
    until((vault / "touched.txt").exists)
    assert stolen(attack(seat, burglar, target)) == {}
    assert (vault / "touched.txt").read_text() == "session\n"
    assert len(titles(seat, "^Vault$")) == 1
    # At home the same ways work.
    home = seat.json("open", "burglar/vault")
    until((burglar / "touched.txt").exists)
    assert stolen(attack(seat, burglar, home)).keys() >= WORK_AT_HOME


def test_links_into_a_new_window_open_in_the_browser_or_at_home_in_a_window(seat: Account) -> None:
    browser, opened = seat.home / "browser", seat.home / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n')
    browser.chmod(0o700)
    seat.environment["BROWSER"] = f"{browser} %s"
    folder = make_app(seat.home / "mine")
    other = seat.json("open", "hello", "--no-window")["url"]
    (folder / "web/index.html").write_text(LINKS.format(other=other))
    (folder / "web/second.html").write_text("<title>Second</title>")
    seat.json("open", str(folder))
    (window,) = titles(seat, "^(Not yet|Mine 0)$")
    subprocess.run(["xdotool", "windowfocus", "--sync", window], env=seat.environment, check=True)
    for followed in range(5):
        until(lambda: titles(seat, f"^Mine {followed}$") == [window])  # noqa: B023 (it is called before the next turn)
        subprocess.run(["xdotool", "key", "Tab", "Return"], env=seat.environment, check=True)
    until(lambda: len(titles(seat, "^Second$")) == 1)
    until(lambda: opened.exists() and len(opened.read_text().splitlines()) == 2)
    assert opened.read_text().splitlines() == ["https://example.org/page?a=1", "mailto:ada@example.org"]
    assert titles(seat, "^Mine 5$") == [window]
