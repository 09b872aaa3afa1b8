"""Frames as bytes."""

from __future__ import annotations

import pytest

from narvi_desktop.worker.link import FRAME_LIMIT, Decoder, Frame, Kind, LinkError, encode

FRAMES = [
    Frame(Kind.TEXT, 7, None, "tex tü".encode()),
    Frame(Kind.REQUEST, 2**32 - 1, {"path": {"a": "ü"}}, b"\x00\xff"),
    Frame(Kind.STOP),
    Frame(Kind.APP_ANSWER, 3, False),
]


@pytest.mark.parametrize("size", [1, 2, 13, 14, 10_000])
def test_frames_survive_being_cut_anywhere(size: int) -> None:
    data, decoder, seen = b"".join(map(encode, FRAMES)), Decoder(), list[Frame]()
    for start in range(0, len(data), size):
        seen += decoder.feed(data[start : start + size])
    assert seen == FRAMES


@pytest.mark.parametrize(
    "data",
    [
        (FRAME_LIMIT + 1).to_bytes(4, "big") + bytes(9),
        (5).to_bytes(4, "big") + bytes(9),
        (9).to_bytes(4, "big") + bytes([0]) + bytes(8),
        (9).to_bytes(4, "big") + bytes([Kind.TEXT]) + bytes(4) + (1).to_bytes(4, "big"),
        (10).to_bytes(4, "big") + bytes([Kind.TEXT]) + bytes(4) + (1).to_bytes(4, "big") + b"{",
    ],
    ids=["too large", "too short", "unknown kind", "head beyond its end", "no JSON"],
)
def test_what_is_no_frame_is_an_error(data: bytes) -> None:
    with pytest.raises(LinkError):
        Decoder().feed(data)


def test_a_head_that_json_cannot_hold_is_an_error_of_the_sender() -> None:
    with pytest.raises(TypeError):
        encode(Frame(Kind.REQUEST, 1, object()))
    with pytest.raises(ValueError):
        encode(Frame(Kind.REQUEST, 1, float("nan")))
