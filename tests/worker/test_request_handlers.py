"""What a service registers as request services, and what its handlers return."""

from __future__ import annotations

from typing import Any

import pytest

from narvi_desktop.worker.link import BODY_LIMIT, HEAD_LIMIT, Decoder, Frame, Kind, encode
from narvi_desktop.worker.request_handlers import RequestServices, _response


class Fixture:
    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.log: list[str] = []
        self.services = RequestServices(self.frames.append, self.log.append, lambda: ["app"], "known".__eq__)

    def add(self, answer: Any = None, app: str = "app", pattern: str = "a", session: str | None = None) -> str:
        return self.services.add(app, pattern, lambda *arguments: answer, "get", session)[0]

    def answer(self, handler_id: str) -> Frame:
        head = {"handler": handler_id, "path": {}, "query": {}, "headers": {}}

        def call(function: Any, *arguments: Any) -> Any:
            return function(*arguments)
            yield

        script = self.services.answer(Frame(Kind.REQUEST, 1, head), call)
        try:
            next(script)
        except StopIteration as done:
            frame: Frame = done.value
            return frame
        raise AssertionError("the handler was awaited")


def test_the_runtime_is_told_of_each_and_forgets_what_is_removed() -> None:
    fixture = Fixture()
    handler_id, url = fixture.services.add("app", "a/$b", lambda *arguments: None, "put", "known")
    assert url == "session/known/a/$b"
    assert fixture.frames[0].head == {
        "id": handler_id, "app": "app", "method": "PUT", "pattern": "a/$b", "session": "known"
    }
    fixture.services.drop_session("known")
    fixture.services.remove(handler_id)
    assert [frame.kind for frame in fixture.frames[1:]] == [Kind.REMOVE_REQUEST_SERVICE]


def test_a_session_that_has_gone_leaves_nothing_behind() -> None:
    fixture = Fixture()
    fixture.add(session="gone")
    assert fixture.frames == []


def test_what_narvi_accepts_is_logged_once() -> None:
    fixture = Fixture()
    for _ in range(3):
        fixture.add(app="other")
        fixture.add(pattern="status")
        fixture.add(pattern="twice")
    assert len(fixture.frames) == 9
    assert [sum(word in line for line in fixture.log) for word in ("no app", "hidden", "'twice'")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("content", "mime_type", "body", "sent_type"),
    [
        (b"b", "image/png", b"b", "image/png"),
        (bytearray(b"b"), None, b"b", "text/html; charset=UTF-8"),
        ("ü", "text/plain", "ü".encode(), "text/plain"),
        ({"a": 1}, None, b'{"a": 1}', "application/json; charset=UTF-8"),
        (None, None, b"", "text/html; charset=UTF-8"),
    ],
)
def test_contents_and_mime_types(content: Any, mime_type: Any, body: bytes, sent_type: str) -> None:
    fixture = Fixture()
    frame = fixture.answer(fixture.add((200, content, mime_type, {"X-A": "b"})))
    assert (frame.body, frame.head["type"], frame.head["headers"]) == (body, sent_type, {"X-A": "b"})


@pytest.mark.parametrize(
    "answer",
    [None, (200, b""), (True, b"", "a", {}), (99, b"", "a", {}), (200, [1], "a", {}), (200, b"", 3, {}),
     (200, b"", "a", {"a": 1})],
)
def test_wrong_answers_say_what_was_expected(answer: Any) -> None:
    fixture = Fixture()
    handler_id = fixture.add(answer)
    with pytest.raises(TypeError, match="a request handler"):
        fixture.answer(handler_id)


def test_an_unknown_handler_is_404() -> None:
    assert Fixture().answer("unknown").head["status"] == 404


def test_wrong_methods_and_handlers_are_errors_of_the_call() -> None:
    services, wrong = Fixture().services, "no handler"
    with pytest.raises(ValueError, match="request_method"):
        services.add("app", "a", lambda *arguments: None, "G T", None)
    handler: Any = wrong
    with pytest.raises(TypeError, match="callable"):
        services.add("app", "a", handler, "GET", None)


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ((200, bytes(BODY_LIMIT + 1), "text/plain", {}), "content of 67108865 bytes is above the limit of 67108864"),
        ((200, "x" * (BODY_LIMIT + 1), "text/plain", {}), "content of 67108865 bytes"),
        ((200, b"", "text/plain", {"X-A": "x" * HEAD_LIMIT}), "headers are above the limit of 65536 characters"),
        ((200, b"", "x" * (HEAD_LIMIT + 1), {}), "headers are above the limit"),
    ],
)
def test_an_answer_above_a_limit_is_an_error_of_its_own_request(answer: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        _response(1, answer)


def test_an_answer_at_its_limit_is_a_frame_that_the_runtime_takes() -> None:
    frame = _response(1, (200, bytes(BODY_LIMIT), "text/plain", {"X-A": "é" * (HEAD_LIMIT - 20)}))
    assert [len(whole.body) for whole in Decoder().feed(encode(frame))] == [BODY_LIMIT]
