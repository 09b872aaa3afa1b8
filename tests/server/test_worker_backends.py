"""The two kinds of worker by the same calls."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from narvi_desktop.server.errors import ServiceFailed
from narvi_desktop.server.logs import AppLog
from narvi_desktop.server.registry import Service
from narvi_desktop.server.worker_backends import start_worker
from narvi_desktop.settings import Settings
from narvi_desktop.worker.link import Frame, Kind
from tests.support.server import PROBE, until


def probe(isolation: str) -> Service:
    return Service("lab", "probe", "service:Probe", isolation=isolation, folder=PROBE, python=(sys.executable,))


async def test_both_kinds_start_answer_and_end(tmp_path: Path, isolation: str) -> None:
    frames, reasons = list[Frame](), list[str]()
    log = AppLog(tmp_path / "log", Settings())
    worker = await start_worker(probe(isolation), log, frames.extend, reasons.append)
    worker.send([Frame(Kind.STOP)])  # before any start: nothing is constructed
    await until(lambda: bool(reasons))
    assert frames == [] and reasons == [""]


async def test_an_interpreter_that_is_missing(tmp_path: Path) -> None:
    service = replace(probe("process"), python=("/nowhere/python",))
    with pytest.raises(ServiceFailed) as caught:
        await start_worker(service, AppLog(tmp_path / "log", Settings()), lambda frames: None, lambda reason: None)
    assert "/nowhere/python could not be started" in caught.value.detail


async def test_a_frame_that_cannot_be_encoded_takes_no_other_along(tmp_path: Path) -> None:
    reasons = list[str]()
    log = AppLog(tmp_path / "log", Settings())
    worker = await start_worker(probe("process"), log, lambda frames: None, reasons.append)
    worker.send([Frame(Kind.START, 0, {"parameters": {"x": float("nan")}}), Frame(Kind.STOP)])
    await until(lambda: bool(reasons))
    assert "START could not be sent to the worker" in (tmp_path / "log").read_text()
