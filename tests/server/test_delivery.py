"""Which sessions a message reaches."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

from narvi_desktop.server.delivery import SEND_KINDS, Delivery
from narvi_desktop.server.session import encode_message
from narvi_desktop.server.stats import Traffic
from narvi_desktop.worker.link import Frame, Kind


def make() -> tuple[Delivery, dict[int, Any], Traffic]:
    sessions: dict[int, Any] = {number: Mock(traffic=Traffic()) for number in (1, 2, 3)}
    traffic = Traffic()
    return Delivery(sessions, traffic), sessions, traffic


def reached(sessions: dict[int, Any]) -> list[int]:
    return [number for number, session in sessions.items() if session.put.called]


def test_one_and_one_that_has_gone() -> None:
    delivery, sessions, traffic = make()
    delivery.put(Frame(Kind.SEND_ONE_BYTES, 2, None, b"ab"))
    delivery.put(Frame(Kind.SEND_ONE_TEXT, 9, None, b"ab"))
    assert reached(sessions) == [2] and traffic.bytes_out == 2
    sessions[2].put.assert_called_once_with(encode_message(2, b"ab"))
    sessions[2].flush.assert_not_called()
    delivery.flush()
    sessions[2].flush.assert_called_once_with()


def test_all_reaches_no_session_that_opened_later() -> None:
    delivery, sessions, traffic = make()
    delivery.put(Frame(Kind.SEND_ALL_TEXT, 2, None, b"a"))
    assert reached(sessions) == [1, 2] and traffic.messages_out == 2


def test_except_leaves_one_out() -> None:
    delivery, sessions, _ = make()
    delivery.put(Frame(Kind.SEND_EXCEPT_TEXT, 3, 2, b"a"))
    assert reached(sessions) == [1, 3]


def test_the_kinds_that_are_sent() -> None:
    assert len(SEND_KINDS) == 6 and Kind.DONE not in SEND_KINDS
