"""Broken folders, configs and apps, each with its fix."""

from __future__ import annotations

import json
import socket

from tests.support.account import Account, make_app
from tests.support.doctor import examined


def test_what_is_broken_is_named_with_its_fix(account: Account) -> None:
    account.json("open", "hello", "--no-window")
    account.run("stop")
    state, config = account.home / "state/narvi-desktop", account.home / "config/narvi-desktop"
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text("port = 'x'")
    (state / "ports.json.bad").write_text("{")
    (account.home / "data/narvi-desktop").chmod(0o777)
    folder = make_app(account.home / "data/narvi-desktop/apps/mine")
    (folder / "narvi.toml").write_text("manifest = 2")
    port = json.loads((state / "ports.json").read_text())["hello"]["port"]
    with socket.create_server(("127.0.0.1", port)):
        code, checks = examined(account)
    assert code == 1
    assert "port must be" in checks["config", "config.toml"]["found"]
    assert checks["folders", "damaged file"]["found"].startswith(str(state / "ports.json.bad"))
    assert checks["folders", "data"]["fix"].startswith("chmod go-w")
    assert "the file must say: manifest = 1" in checks["apps", "mine"]["found"]
    assert f"port {port} of hello is used by another program" in checks["ports", "hello"]["found"]
