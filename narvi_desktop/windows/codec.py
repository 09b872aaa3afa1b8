"""Dataclasses as JSON values and back, checked against their annotations."""

from __future__ import annotations

import dataclasses
import types
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class MalformedValue(ValueError):
    """A JSON value that does not have the shape of its dataclass; str() names the field."""


def to_json(value: Any) -> dict[str, Any]:
    """Return a dataclass instance, and those inside it, as JSON objects."""
    return dataclasses.asdict(value)


def from_json(kind: type[T], value: Any) -> T:
    """Build a dataclass instance from a JSON object. A field with a default may be missing.

    Raises:
        MalformedValue: a field is missing, unknown, or of another type.
    """
    built: T = _build(kind, value, kind.__name__)
    return built


def _build(kind: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(kind):
        return _build_dataclass(kind, value, where)
    if get_origin(kind) in (types.UnionType, Union):
        kinds = get_args(kind)
    elif get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise MalformedValue(f"{where} must be a list, not {value!r:.80}")
        return tuple(_build(get_args(kind)[0], item, where) for item in value)
    else:
        kinds = (kind,)
    if type(value) in kinds:  # exactly: True is no number
        return value
    if float in kinds and type(value) is int:
        return float(value)
    names = " or ".join(kind.__name__ for kind in kinds)
    raise MalformedValue(f"{where} must be {names}, not {value!r:.80}")


def _build_dataclass(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise MalformedValue(f"{where} must be an object, not {value!r:.80}")
    hints = get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for name in value:
        if name not in fields:
            raise MalformedValue(f"{where} has no field {name!r:.80}")
    for name, field in fields.items():
        has_default = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        if name not in value and not has_default:
            raise MalformedValue(f"{where} lacks the field {name!r}")
    return kind(**{name: _build(hints[name], item, f"{where}.{name}") for name, item in value.items()})
