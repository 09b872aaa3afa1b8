"""Which sessions a message of an app reaches, and when it is written."""

from __future__ import annotations

from collections.abc import Mapping

from narvi_desktop.worker.link import Frame, Kind

from .session import BYTES_OPCODE, TEXT_OPCODE, Session, encode_message
from .stats import Traffic

_TEXT_KINDS = frozenset({Kind.SEND_ONE_TEXT, Kind.SEND_ALL_TEXT, Kind.SEND_EXCEPT_TEXT})
_ONE_KINDS = frozenset({Kind.SEND_ONE_TEXT, Kind.SEND_ONE_BYTES})
SEND_KINDS = frozenset(kind for kind in Kind if Kind.SEND_ONE_TEXT <= kind <= Kind.SEND_EXCEPT_BYTES)


class Delivery:
    """Puts the messages of one instance into the outboxes of its sessions.

    Args:
        sessions: the open ones by number.
        traffic: the counts of the instance.
    """

    def __init__(self, sessions: Mapping[int, Session], traffic: Traffic) -> None:
        self._sessions = sessions
        self._traffic = traffic
        self._to_flush: set[Session] = set()

    def put(self, frame: Frame) -> None:
        """Queue one message for the sessions that it is for; `flush` writes it."""
        # Encoded once, however many sessions get it.
        data = encode_message(TEXT_OPCODE if frame.kind in _TEXT_KINDS else BYTES_OPCODE, frame.body)
        if frame.kind in _ONE_KINDS:
            session = self._sessions.get(frame.number)
            if session is not None:
                self._put(session, data, len(frame.body))
            return
        # The number is that of the newest session whose open event had begun when the app sent: later sessions
        # must not get a change before the state that their own open listener sends. The head is who is left out.
        for number, session in self._sessions.items():
            if number <= frame.number and number != frame.head:
                self._put(session, data, len(frame.body))

    def flush(self) -> None:
        """Write what was queued: several messages of a session leave in one write."""
        sessions, self._to_flush = self._to_flush, set()
        for session in sessions:
            session.flush()

    def _put(self, session: Session, data: bytes, size: int) -> None:
        session.put(data)
        session.traffic.count_out(size)
        self._traffic.count_out(size)
        self._to_flush.add(session)
