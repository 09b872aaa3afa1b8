"""Events in, frames out."""

from __future__ import annotations

import threading

from narvi_desktop.worker.link import Frame, Kind
from narvi_desktop.worker.queues import Inbox, Outbox


def test_inbox_is_in_order_and_a_stop_overtakes() -> None:
    inbox = Inbox()
    woken: list[bool] = []
    inbox.wake = lambda: woken.append(True)
    assert inbox.get_nowait() is None and inbox.empty()
    for number in range(3):
        inbox.put(Frame(Kind.TEXT, number))
    assert len(inbox) == len(woken) == 3
    assert inbox.get().number == 0
    inbox.put(Frame(Kind.STOP))
    assert inbox.get().kind is Kind.STOP
    stop = inbox.get_nowait()
    assert stop is not None and stop.kind is Kind.STOP


def test_outbox_wakes_once_and_gives_bounded_parts() -> None:
    woken: list[bool] = []
    outbox = Outbox(lambda: woken.append(True))
    for number in range(5):
        outbox.put(Frame(Kind.SEND_ALL_TEXT, number, None, b"x" * 10))
    assert woken == [True]
    assert [frame.number for frame in outbox.take(max_frames=2)] == [0, 1]
    assert [frame.number for frame in outbox.take(max_bytes=15)] == [2, 3]
    assert len(outbox.take()) == 1 and outbox.take() == []


def test_outbox_blocks_above_its_limit_until_something_is_taken_or_it_closes() -> None:
    outbox = Outbox(lambda: None, limit=10)
    outbox.put(Frame(Kind.SEND_ALL_TEXT, 0, None, b"x" * 11))
    done: list[int] = []

    def put(number: int) -> None:
        outbox.put(Frame(Kind.SEND_ALL_TEXT, number, None, b"x" * 11))
        done.append(number)

    threads = [threading.Thread(target=put, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    outbox.offer(Frame(Kind.STACK))  # the thread that reads the link is never held
    assert done == [] and len(outbox.take(max_frames=1)) == 1
    outbox.close()
    for thread in threads:
        thread.join(20)
    assert sorted(done) == [1, 2]
    while outbox.wait():
        outbox.take()
