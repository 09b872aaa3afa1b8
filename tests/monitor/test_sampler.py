"""CPU and memory of real processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from narvi_desktop.monitor.sampler import Sampler


def test_a_busy_process_uses_cpu_from_the_second_round_on() -> None:
    sampler = Sampler()
    first = sampler.measure([os.getpid()])[os.getpid()]
    assert first.cpu == 0 and first.memory > 1_000_000
    busy_until = time.process_time() + 0.05
    while time.process_time() < busy_until:
        pass
    assert sampler.measure([os.getpid()])[os.getpid()].cpu > 0


def test_a_process_that_has_ended_is_left_out() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    sampler = Sampler()
    assert process.pid in sampler.measure([process.pid])
    process.communicate(b"\n")
    assert sampler.measure([process.pid, os.getpid()]).keys() == {os.getpid()}
