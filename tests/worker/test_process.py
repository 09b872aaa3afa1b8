"""A worker process by itself: frames through its pipes, prints beside them, its end with the runtime's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from narvi_desktop.server.worker_backends import WORKER_MAIN
from narvi_desktop.worker.link import Decoder, Frame, Kind, encode

SERVICE = """
import os, sys
from narvi_desktop import WebAppServices
print("module loaded")
class Service:
    def __init__(self, services: WebAppServices):
        os.write(1, b"straight to the descriptor\\n")
        print(sys.stdin.read() == "", "narvi_desktop.server" in sys.modules, flush=True)
        services.send("hello")
"""


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    (tmp_path / "service.py").write_text(SERVICE)
    command = [sys.executable, "-I", "-u", str(WORKER_MAIN)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=tmp_path) as process:
        yield process
        process.kill()


def send(worker: subprocess.Popen[bytes], frame: Frame) -> None:
    assert worker.stdin is not None
    worker.stdin.write(encode(frame))
    worker.stdin.flush()


def receive_until(worker: subprocess.Popen[bytes], kind: Kind) -> list[Frame]:
    assert worker.stdout is not None
    decoder, frames = Decoder(), list[Frame]()
    while not frames or frames[-1].kind is not kind:
        data = os.read(worker.stdout.fileno(), 65_536)
        assert data, f"the worker ended before {kind.name}"
        frames += decoder.feed(data)
    return frames


def start(folder: Path) -> Frame:
    head: dict[str, Any] = {"workspace": "w", "service": "s", "service_id": "main", "class": "service:Service"}
    return Frame(Kind.START, 0, {**head, "validator": None, "folder": str(folder), "parameters": {}, "apps": []})


def test_frames_come_by_the_pipe_and_prints_by_stderr(worker: subprocess.Popen[bytes], tmp_path: Path) -> None:
    send(worker, start(tmp_path))
    frames = receive_until(worker, Kind.READY)
    assert [frame.kind for frame in frames] == [Kind.SEND_ALL_TEXT, Kind.READY]
    send(worker, Frame(Kind.STOP))  # earlier it would have overtaken the start
    assert [frame.kind for frame in receive_until(worker, Kind.STOPPED)] == [Kind.STOPPED]
    # Only now: the end of its input tells a worker that the runtime has died.
    _, errors = worker.communicate(timeout=20)
    assert worker.returncode == 0
    assert errors == b"module loaded\nstraight to the descriptor\nTrue False\n"


def test_it_ends_with_the_runtime_and_on_what_is_no_frame(worker: subprocess.Popen[bytes]) -> None:
    assert worker.stdin is not None
    worker.stdin.close()
    assert worker.wait(20) == 0


def test_a_frame_that_cannot_be_read_ends_it(worker: subprocess.Popen[bytes]) -> None:
    assert worker.stdin is not None
    worker.stdin.write(b"\xff" * 20)
    worker.stdin.flush()
    assert worker.wait(20) == 1
