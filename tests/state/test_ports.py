"""A workspace's port is the same in every run, and never another's."""

from __future__ import annotations

import json
import logging
import socket
from pathlib import Path

import pytest

from narvi_desktop.state.ports import Ports, bind


def port_of(ports: Ports, workspace: str) -> int:
    """The port that the workspace gets now; free again afterwards."""
    with ports.bind(workspace) as sock:
        return int(sock.getsockname()[1])


def occupy(port: int) -> socket.socket:
    return bind(port)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ports.json"


def test_it_is_the_same_in_the_next_run(file: Path) -> None:
    port = port_of(Ports(file), "notes")
    assert 20_000 <= port < 32_000
    assert port_of(Ports(file), "notes") == port
    assert port_of(Ports(file), "other") != port


def test_it_is_given_up_after_three_runs_that_could_not_have_it(file: Path) -> None:
    port = port_of(Ports(file), "notes")
    with occupy(port):
        instead = port_of(Ports(file), "notes")
        assert instead != port and port_of(Ports(file), "notes") == instead
    assert port_of(Ports(file), "notes") == port
    with occupy(port):
        assert {port_of(Ports(file), "notes") for _ in range(3)} == {instead}
    assert port_of(Ports(file), "notes") == instead


def test_no_workspace_gets_a_port_that_another_has_had(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = port_of(Ports(file), "notes")
    with occupy(first):
        second = port_of(Ports(file), "notes")
    # Whatever chance says, these two stay those of notes.
    chances = iter([first, second, first, second, second + 1])
    monkeypatch.setattr("secrets.randbelow", lambda _: next(chances) - 20_000)
    with Ports(file).bind("other") as sock:
        assert sock.getsockname()[1] not in (first, second)


def test_the_system_port_that_a_person_wants(file: Path) -> None:
    with bind(0) as probe:
        wanted = probe.getsockname()[1]
    assert port_of(Ports(file, wanted), "desktop") == wanted
    assert not file.exists()  # it is a wish of this run alone
    with occupy(wanted), pytest.raises(OSError, match="in use"):
        Ports(file, wanted).bind("desktop")
    notes = port_of(Ports(file), "notes")
    with pytest.raises(OSError, match="reserved for the workspace notes"):
        Ports(file, notes).bind("desktop")


BAD_PORTS = ['{"notes": 3}', '{"notes": {"port": "x"}}', '{"notes": {"port": 99999}}']


@pytest.mark.parametrize("text", ["", "{", "[]", *BAD_PORTS])
def test_a_file_that_is_no_good_is_put_aside_and_told(file: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    file.write_text(text)
    with caplog.at_level(logging.WARNING):
        ports = Ports(file)
    assert str(file) in caplog.text and file.with_name("ports.json.bad").read_text() == text
    port = port_of(ports, "notes")
    assert json.loads(file.read_text())["notes"]["port"] == port


def test_it_serves_where_nothing_can_be_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ports = Ports(tmp_path / "missing" / "ports.json")
    with caplog.at_level(logging.WARNING):
        port = port_of(ports, "notes")
    assert port_of(ports, "notes") == port and "cannot be written" in caplog.text
