"""An instance's end of the link, with both kinds of worker."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from narvi_desktop.server.logs import AppLog
from narvi_desktop.server.registry import Service
from narvi_desktop.server.worker_link import WorkerLink
from narvi_desktop.settings import Settings
from narvi_desktop.worker.link import Frame, Kind
from tests.support.server import PROBE, until


def probe(isolation: str) -> Service:
    return Service("lab", "probe", "service:Probe", isolation=isolation, folder=PROBE, python=(sys.executable,))


async def test_frames_go_both_ways_and_the_end_is_told_once(tmp_path: Path, isolation: str) -> None:
    frames, reasons = list[Frame](), list[str]()
    link = WorkerLink(probe(isolation), AppLog(tmp_path / "log", Settings()), frames.extend, reasons.append)
    await link.start("main", validate=True)
    await until(lambda: any(frame.kind is Kind.READY for frame in frames))
    assert link.is_process is (isolation == "process") and (link.pid is not None) is link.is_process
    link.post(Frame(Kind.STOP))
    await until(lambda: bool(reasons))
    assert frames[-1].kind is Kind.STOPPED and reasons == [""]
    link.post(Frame(Kind.STOP))  # nobody is there any more
    link.kill()
    await asyncio.sleep(0)
    assert reasons == [""]


async def test_a_killed_worker_says_by_what(tmp_path: Path, isolation: str) -> None:
    frames, reasons = list[Frame](), list[str]()
    link = WorkerLink(probe(isolation), AppLog(tmp_path / "log", Settings()), frames.extend, reasons.append)
    await link.start("main", validate=True)
    await until(lambda: any(frame.kind is Kind.READY for frame in frames))
    link.kill()
    await until(lambda: bool(reasons))
    assert reasons == (["ended by signal SIGKILL"] if isolation == "process" else [""])
