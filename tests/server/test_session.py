"""One WebSocket: its frames, its pings, its outbox."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest

from narvi_desktop.server.session import Session, encode_message
from narvi_desktop.settings import Settings


def make() -> tuple[Session, Any]:
    socket: Any = Mock()
    session = Session(1, "app", socket, Settings())
    transport = Mock()
    transport.is_closing.return_value = False
    transport.get_write_buffer_size.return_value = 0
    session.put(b"early ")
    session.flush()  # before the upgrade is answered nothing leaves
    session.put(b"ones")
    session.connected(transport, Mock())
    return session, transport


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_frames_of_every_length(size: int) -> None:
    frame = encode_message(2, b"x" * size)
    header = len(frame) - size
    assert frame[0] == 0x82 and header == (2 if size < 126 else 4 if size < 65_536 else 10)


def test_what_waited_leaves_in_one_write() -> None:
    session, transport = make()
    transport.write.assert_called_once_with(b"early ones")
    session.put(b"a")
    session.put(b"b")
    session.flush()
    transport.write.assert_called_with(b"ab")


def test_silence_is_judged_only_while_it_is_listened_to() -> None:
    session, transport = make()
    heard = session.last_heard
    assert not session.needs_ping(heard + 1000, awake=True)  # not reading
    session.reading = True
    assert not session.needs_ping(heard + 1000, awake=False)
    assert not session.needs_ping(heard + 19, awake=True)
    assert session.needs_ping(heard + 21, awake=True)
    assert not session.needs_ping(heard + 40, awake=True)
    transport.abort.assert_not_called()
    session.needs_ping(heard + 42, awake=True)
    transport.abort.assert_called_once_with()


def test_an_answer_ends_the_wait() -> None:
    session, transport = make()
    session.reading = True
    heard = session.last_heard
    assert session.needs_ping(heard + 21, awake=True)
    session.last_heard = heard + 22
    session.needs_ping(heard + 60, awake=True)
    assert session.ping_sent is None
    transport.abort.assert_not_called()
