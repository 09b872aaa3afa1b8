"""How much may be on its way to a worker."""

from __future__ import annotations

from narvi_desktop.server.flow_control import FlowControl


def test_messages_and_bytes_are_limited_and_released_in_order() -> None:
    flow = FlowControl(message_limit=3, byte_limit=10)
    flow.acquire(100)  # one that is larger than the limit always fits
    assert not flow.available.is_set() and len(flow) == 1
    flow.release(1)
    assert flow.available.is_set() and len(flow) == 0
    for _ in range(3):
        flow.acquire(1)
    assert not flow.available.is_set()
    flow.release(1)
    assert flow.available.is_set() and len(flow) == 2


def test_a_worker_that_reports_more_than_it_was_sent() -> None:
    flow = FlowControl(1, 1)
    flow.acquire(1)
    flow.release(1000)
    assert len(flow) == 0 and flow.available.is_set()
