"""The values that one app may send to another, as bytes: copied, and alike in both kinds of worker."""

from __future__ import annotations

import base64
import json
import math
from typing import Any

# JSON has no bytes: they travel as an object with this one key. Dicts of apps that use the key
# themselves are wrapped, so that every value comes out as it went in.
_BYTES = "\0bytes"
_DICT = "\0dict"
# Far below what Python's stack bears, so that what one app may send the other can read, however deep it is called.
_DEPTH_LIMIT = 100


def dumps(value: Any) -> bytes:
    """Encode a value.

    Raises:
        TypeError: it holds something else than None, bool, finite numbers, str, bytes, list, tuple
            and dict with str keys; the message names the place.
    """
    return json.dumps(_plain(value, "data", 0), separators=(",", ":")).encode("utf-8", "surrogatepass")


def loads(data: bytes) -> Any:
    """Decode what `dumps` has encoded; tuples arrive as lists."""
    return _rich(json.loads(data.decode("utf-8", "surrogatepass")))


def _plain(value: Any, path: str, depth: int) -> Any:
    if depth > _DEPTH_LIMIT:
        raise TypeError("data: nested too deeply, or holds itself")
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise TypeError(f"{path}: {value} is not a finite number")
        return value
    if isinstance(value, bytes):
        return {_BYTES: base64.b64encode(value).decode()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]
    if isinstance(value, dict):
        return _plain_dict(value, path, depth)
    raise TypeError(f"{path}: a {type(value).__name__} cannot be sent to another app")


def _plain_dict(value: dict[Any, Any], path: str, depth: int) -> Any:
    for key in value:
        if not isinstance(key, str):
            raise TypeError(f"{path}: the key {key!r} is not a str")
    plain = {key: _plain(item, f"{path}[{key!r}]", depth + 1) for key, item in value.items()}
    return {_DICT: plain} if _BYTES in plain or _DICT in plain else plain


def _rich(value: Any) -> Any:
    if isinstance(value, list):
        return [_rich(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _BYTES in value and len(value) == 1:
        return base64.b64decode(value[_BYTES])
    if _DICT in value and len(value) == 1:
        value = value[_DICT]
    return {key: _rich(item) for key, item in value.items()}
