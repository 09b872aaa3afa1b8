"""Dataclasses as JSON and back."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from narvi_desktop.windows.codec import MalformedValue, from_json, to_json


@dataclass(frozen=True)
class Inner:
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outer:
    inner: Inner
    ratio: float
    count: int | None = None
    more: Inner = field(default_factory=Inner)


def test_a_value_comes_back_as_it_was() -> None:
    value = Outer(Inner(("a", "b")), 1.5, 3)
    assert from_json(Outer, {**to_json(value), "inner": {"names": ["a", "b"]}, "more": {"names": []}}) == value


def test_defaults_may_be_left_out_and_a_whole_number_is_a_float() -> None:
    built = from_json(Outer, {"inner": {}, "ratio": 2})
    assert built == Outer(Inner(), 2.0) and type(built.ratio) is float


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "Outer must be an object, not None"),
        ({"ratio": 1.0}, "Outer lacks the field .inner."),
        ({"inner": {}, "ratio": True}, "Outer.ratio must be float, not True"),
        ({"inner": {}, "ratio": 1.0, "count": "3"}, "Outer.count must be int or NoneType, not '3'"),
        ({"inner": {"names": "ab"}, "ratio": 1.0}, "Outer.inner.names must be a list, not 'ab'"),
        ({"inner": {"names": [1]}, "ratio": 1.0}, "Outer.inner.names must be str, not 1"),
        ({"inner": {}, "ratio": 1.0, "other": 1}, "Outer has no field .other."),
    ],
)
def test_another_shape_is_refused(value: object, problem: str) -> None:
    with pytest.raises(MalformedValue, match=problem):
        from_json(Outer, value)
