"""The last app-to-app messages."""

from __future__ import annotations

from narvi_desktop.server.message_log import MessageLog
from narvi_desktop.server.registry import Service


def test_a_reader_asks_for_what_is_new_and_old_ones_go() -> None:
    log, sender = MessageLog(), Service("lab", "probe", "a:B")
    target = {"workspace": "lab", "app": "other", "service_id": "main"}
    for size in range(250):
        log.record(sender, "one", target, size % 2 == 0, size)
    assert len(log.since(0)) == 200
    (entry,) = log.since(249)
    assert (entry["from"], entry["to"]) == ("lab/probe/one", "lab/other/main")
    assert (entry["found"], entry["bytes"], entry["number"]) == (False, 249, 250)
