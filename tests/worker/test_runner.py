"""The part that both kinds of worker share, without either."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from narvi_desktop.worker.link import Frame, Kind
from narvi_desktop.worker.queues import Outbox
from narvi_desktop.worker.runner import MESSAGE_LIMIT, Runner
from narvi_desktop.worker.services import WebAppServices


class Service:
    def __init__(self, services: WebAppServices, fail: bool = False) -> None:
        if fail:
            raise ValueError("no luck")
        self.services = services
        services.add_message_listener(self.on_message)
        services.add_app_close_listener(lambda: services.send("closing"))

    def on_message(self, message: str | bytes, session_id: str) -> None:
        if message == "raise":
            raise SystemExit("a listener's fault")
        self.services.send(message, for_session_id=session_id)


def start_head(**more: Any) -> dict[str, Any]:
    head = {"workspace": "w", "service": "s", "service_id": "main", "class": Service, "validator": None}
    return {**head, "folder": None, "parameters": {}, "apps": ["app"], **more}


def run(*frames: Frame, **more: Any) -> tuple[list[Frame], list[str]]:
    """Deliver frames to a runner and return what it sends and logs."""
    outbox, log = Outbox(lambda: None), list[str]()
    runner = Runner(outbox, log.append, private_modules=True)
    for frame in (Frame(Kind.START, 0, start_head(**more)), *frames):
        runner.deliver(frame)
    thread = threading.Thread(target=runner.run)
    thread.start()
    sent: list[Frame] = []
    while not sent or sent[-1].kind not in (Kind.FAILED, Kind.REFUSED, Kind.DONE):
        assert outbox.wait()
        sent += outbox.take(max_frames=1)
    runner.deliver(Frame(Kind.STOP))
    thread.join(20)
    while more_frames := outbox.take():
        sent += more_frames
    return sent, log


OPEN = Frame(Kind.SESSION_OPENED, 1, {"app": "app", "session_id": "sid", "query": {}, "headers": {}})


def test_messages_are_answered_in_order_and_reported_done() -> None:
    sent, _ = run(OPEN, Frame(Kind.TEXT, 1, None, b"one"), Frame(Kind.BYTES, 1, None, b"two"))
    kinds = [frame.kind for frame in sent]
    assert kinds[:3] == [Kind.READY, Kind.SEND_ONE_TEXT, Kind.SEND_ONE_BYTES]
    assert [frame.body for frame in sent[1:3]] == [b"one", b"two"]
    assert kinds[-2:] == [Kind.SEND_ALL_TEXT, Kind.STOPPED]


def test_a_listener_that_fails_is_logged_and_the_next_message_comes() -> None:
    sent, log = run(OPEN, Frame(Kind.TEXT, 1, None, b"raise"), Frame(Kind.TEXT, 1, None, b"two"))
    assert [frame.body for frame in sent if frame.kind is Kind.SEND_ONE_TEXT] == [b"two"]
    assert "SystemExit: a listener's fault" in log[0]


def test_a_constructor_that_fails_sends_its_traceback() -> None:
    sent, _ = run(parameters={"fail": True})
    assert [frame.kind for frame in sent] == [Kind.FAILED]
    assert "ValueError: no luck" in sent[0].head["traceback"]


def test_a_validator_that_says_no() -> None:
    assert [frame.kind for frame in run(validator=lambda service_id: service_id != "main")[0]] == [Kind.REFUSED]


def test_limits_of_a_message() -> None:
    runner = Runner(Outbox(lambda: None), lambda text: None, private_modules=True)
    wrong: Any = 42
    with pytest.raises(TypeError, match="str, bytes or dict, not int"):
        runner.send(wrong, None, None)
    with pytest.raises(ValueError, match="above the limit"):
        runner.send(b"x" * (MESSAGE_LIMIT + 1), None, None)
    with pytest.raises(TypeError):
        runner.send({"a": object()}, None, None)


def test_credit_comes_back_when_another_event_is_the_last() -> None:
    second = Frame(Kind.SESSION_OPENED, 2, {"app": "app", "session_id": "other", "query": {}, "headers": {}})
    for last in (second, Frame(Kind.SESSION_CLOSED, 1), Frame(Kind.REQUEST, 7, {"handler": "none"})):
        sent, _ = run(OPEN, Frame(Kind.TEXT, 1, None, b"one"), Frame(Kind.TEXT, 1, None, b"two"), last)
        assert sum(frame.number for frame in sent if frame.kind is Kind.DONE) == 2, last


@pytest.mark.parametrize("body", [b"\xff", b"{", b"[" * 100_000, b'{"\\u0000bytes": 1}', b""])
def test_a_message_that_cannot_be_read_ends_nothing(body: bytes) -> None:
    head = {"workspace": "a", "service": "b", "service_id": "c"}
    sent, log = run(OPEN, Frame(Kind.APP_MESSAGE, 0, head, body), Frame(Kind.TEXT, 1, None, b"after"))
    assert b"after" in [frame.body for frame in sent]
    assert sum(frame.number for frame in sent if frame.kind is Kind.DONE) == 2
    assert "a message of another app could not be read" in log[0]
