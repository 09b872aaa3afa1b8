"""The lock says who runs. What a killed runtime has left is not believed, and its token goes to nobody."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from narvi_desktop.cli import client
from narvi_desktop.control.errors import ControlError, NotRunning
from narvi_desktop.state.lock_file import is_held
from narvi_desktop.state.paths import Paths
from tests.support.account import Account, is_alive, make_app
from tests.support.waiting import until


class Stranger:
    """Another program that has bound the port of a runtime that was killed; keeps what it was sent."""

    def __init__(self, port: int) -> None:
        self.received = b""
        self._sockets: list[socket.socket] = []
        until(lambda: self._bind(port))
        self._socket = self._sockets[0]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _bind(self, port: int) -> bool:
        # A killed process may be a zombie already while its last thread still has the socket.
        try:
            self._sockets.append(socket.create_server(("127.0.0.1", port)))
        except OSError:
            return False
        return True

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return  # closed
            with connection:
                self.received += connection.recv(65_536)
                connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n{}")

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


def kill(account: Account) -> dict[str, object]:
    """Start a runtime, kill it, and return the record that it leaves."""
    account.json("open", "hello", "--no-window")
    record = account.record()
    os.kill(record["pid"], signal.SIGKILL)
    until(lambda: not is_alive(record["pid"]))
    return record


@pytest.fixture
def stranger(account: Account) -> Iterator[Stranger]:
    record = kill(account)
    program = Stranger(int(str(record["url"]).rpartition(":")[2]))
    yield program
    program.close()


@pytest.mark.parametrize("command", [["status"], ["stop"], ["restart", "hello"], ["doctor"], ["monitor", "--once"]])
def test_a_stranger_on_the_port_gets_nothing_and_is_not_believed(
    account: Account, stranger: Stranger, command: list[str]
) -> None:
    code, out, error = account.run(*command)
    assert "not running" in out + error, (code, out, error)
    assert b"Bearer" not in stranger.received and b"/api/" not in stranger.received


def test_the_next_command_starts_a_runtime_beside_the_stranger(account: Account, stranger: Stranger) -> None:
    assert account.run("open", "hello", "--no-window")[0] == 0
    assert account.json("status")["running"]
    assert stranger.received == b""


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1@127.0.0.2",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:x",
        "http://127.0.0.1:0",
        "http://127.0.0.1:80/path",
        "http://localhost:80",
        "https://127.0.0.1:80",
        "http://127.0.0.1:80\n",
        7,
    ],
)
def test_a_record_that_leads_elsewhere_is_written_again(account: Account, url: object) -> None:
    account.json("open", "hello", "--no-window")
    file = account.home / "state/narvi-desktop/run/runtime.json"
    good = json.loads(file.read_text())
    file.write_text(json.dumps({**good, "url": url}))
    assert account.json("status")["pid"] == good["pid"]
    assert json.loads(file.read_text()) == good


@pytest.mark.parametrize("damage", ["deleted", "cut off", "readable by others", "a link"])
def test_a_damaged_record_hides_no_runtime(account: Account, damage: str, tmp_path: Path) -> None:
    account.json("open", "hello", "--no-window")
    file = account.home / "state/narvi-desktop/run/runtime.json"
    pid, text = account.record()["pid"], file.read_text()
    if damage == "deleted":
        file.unlink()
    elif damage == "cut off":
        file.write_text(text[:20])
    elif damage == "readable by others":
        file.chmod(0o644)
    else:
        (tmp_path / "real.json").write_text(text)
        file.unlink()
        file.symlink_to(tmp_path / "real.json")
    assert account.json("status")["pid"] == pid
    assert account.run("open", "hello", "--no-window")[0] == 0
    assert account.record()["pid"] == pid
    assert file.stat().st_mode & 0o777 == 0o600 and not file.is_symlink()
    assert account.run("stop")[0] == 0


def test_a_record_of_a_later_version_may_say_more(account: Account) -> None:
    account.json("open", "hello", "--no-window")
    file = account.home / "state/narvi-desktop/run/runtime.json"
    file.write_text(json.dumps({**account.record(), "more": 1}))
    assert account.json("status")["running"]


def test_stop_returns_when_everything_has_ended(account: Account) -> None:
    slow = "import time\nclass Mine:\n    def __init__(self, services):\n"
    slow += "        services.add_app_close_listener(lambda: time.sleep(1))\n"
    make_app(account.home / "place", slow)
    account.run("open", "./place", "--no-window")
    pid = account.record()["pid"]
    assert account.run("stop")[0] == 0
    assert not is_held(account.home / "state/narvi-desktop/run/runtime.lock")
    until(lambda: not is_alive(pid))


def test_modules_of_the_folder_where_one_stands_are_never_imported(account: Account) -> None:
    for name in ("narvi_desktop", "aiohttp", "json"):
        (account.home / f"{name}.py").write_text(f"open({str(account.home / 'was-run')!r}, 'w')\n")
    # As the installed program starts: its own import path, not `python -m`, which looks here by its nature.
    account.environment["PYTHONSAFEPATH"] = "1"
    assert account.run("open", "hello", "--no-window")[0] == 0
    assert not (account.home / "was-run").exists()


def test_where_there_are_no_locks_it_is_said_soon(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.lockf", refuse)
    begun = time.monotonic()
    with pytest.raises(ControlError, match=r"cannot be locked: No locks available"):
        client.ensure_runtime(paths)
    paths.runtime_lock.touch()
    with pytest.raises(ControlError, match=r"cannot be locked: No locks available"):
        client.running_record(paths)
    assert time.monotonic() - begun < 20  # far below the time that is given to another start


def test_a_lock_that_nobody_holds_and_none(paths: Paths) -> None:
    for _ in range(2):
        with pytest.raises(NotRunning):
            client.running_record(paths)
        paths.runtime_lock.touch()
