"""Requests and answers as JSON: checked once, where they enter a process, and typed from there on."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from narvi_desktop.state.names import AppRef

from .errors import ControlError, ExitCode

T = TypeVar("T")
_KINDS = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    dict: "an object",
    list: "a list",
}


def encode(message: Any) -> dict[str, Any]:
    """Return a dataclass as a JSON object; the fields of a nested one become keys beside its own."""
    document: dict[str, Any] = {}
    for entry in fields(message):
        value = getattr(message, entry.name)
        if isinstance(value, AppRef):
            document[entry.name] = str(value)
        elif is_dataclass(value):
            document |= encode(value)
        elif isinstance(value, list):
            document[entry.name] = [encode(item) if is_dataclass(item) else item for item in value]
        else:
            document[entry.name] = value
    return document


def decode(kind: type[T], document: Mapping[str, Any]) -> T:
    """Build a dataclass from a JSON object.

    A key that is missing or null gets its default; keys that are not known are left alone.

    Raises:
        ControlError: a value has the wrong type, or one without a default is missing; names the key.
    """
    values: dict[str, Any] = {}
    hints = get_type_hints(kind)
    for entry in fields(kind):  # type: ignore[arg-type]
        hint = hints[entry.name]
        if isinstance(hint, type) and hint is not AppRef and is_dataclass(hint):
            values[entry.name] = decode(hint, document)
            continue
        value = document.get(entry.name)
        if value is not None:
            value = _checked(entry.name, value, hint)
        if value is not None:
            values[entry.name] = entry.metadata.get("decode", _same)(value)
    try:
        return kind(**values)
    except TypeError:
        missing = ", ".join(
            entry.name
            for entry in fields(kind)  # type: ignore[arg-type]
            if entry.name not in values and entry.default is MISSING and entry.default_factory is MISSING
        )
        raise _refusal(f"The request lacks {missing}.") from None


def _same(value: Any) -> Any:
    return value


def _checked(name: str, value: Any, hint: Any) -> Any:
    """Return the value; empty text for a field that may be absent is None."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        (hint,) = (option for option in get_args(hint) if option is not type(None))
        return None if value == "" else _checked(name, value, hint)
    if origin is Literal:
        if value not in get_args(hint):
            raise _refusal(f"{name} must be one of {', '.join(get_args(hint))}, not {value!r}.")
        return value
    if hint is AppRef:
        if not isinstance(value, str) or not value:
            raise _refusal(f"{name} must name an app, not be {value!r}.")
        return AppRef(value)
    expected = origin or hint
    if expected is float:
        expected = (int, float)
    if not isinstance(value, expected) or (isinstance(value, bool) and hint is not bool):
        raise _refusal(f"{name} must be {_KINDS[origin or hint]}, not {value!r}.")
    return value


def _refusal(sentence: str) -> ControlError:
    return ControlError(sentence, exit_code=ExitCode.USAGE)
