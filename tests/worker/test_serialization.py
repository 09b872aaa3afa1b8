"""Values that one app sends to another."""

from __future__ import annotations

from typing import Any

import pytest

from narvi_desktop.worker.serialization import dumps, loads


@pytest.mark.parametrize(
    "value",
    [None, True, 1, 10**30, 1.5, "ü\ud800", b"\x00\xff", [], {}, {"a": [{"b": b"c"}]}, {"\0bytes": "x"}, {"\0dict": 1}],
)
def test_values_survive(value: Any) -> None:
    assert loads(dumps(value)) == value


def test_a_tuple_arrives_as_a_list() -> None:
    assert loads(dumps((1, (2,)))) == [1, [2]]


@pytest.mark.parametrize(
    ("value", "place"),
    [(object(), "data: "), ({"a": [1, {2}]}, r"data\['a'\]\[1\]"), ([float("inf")], r"data\[0\]"), ({1: 2}, "key 1")],
)
def test_what_cannot_be_sent_is_named_with_its_place(value: Any, place: str) -> None:
    with pytest.raises(TypeError, match=place):
        dumps(value)


def test_a_value_that_holds_itself() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(TypeError, match="holds itself"):
        dumps(value)


def test_what_may_be_sent_can_be_read_however_deep_the_reader_stands() -> None:
    value: Any = "x"
    for _ in range(100):
        value = [value]
    data = dumps(value)
    with pytest.raises(TypeError, match="nested too deeply"):
        dumps([value])

    def read(depth: int) -> Any:
        return loads(data) if depth == 0 else read(depth - 1)

    assert read(300) == value
