"""Small JSON files of the state folder. One that cannot be used is renamed, and the default is used."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from .files import replace_file

logger = logging.getLogger("narvi_desktop.runtime")
T = TypeVar("T")


def load(file: Path, parse: Callable[[Any], T], default: T) -> T:
    """Read a file, or return the default.

    Args:
        parse: makes the value from JSON; raises ValueError, TypeError, KeyError or AttributeError.
    """
    try:
        return parse(json.loads(file.read_bytes()))
    except FileNotFoundError:
        return default
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        aside = file.with_name(file.name + ".bad")
        logger.warning("%s cannot be used (%s: %s): renamed to %s", file, type(error).__name__, error, aside.name)
        try:
            file.replace(aside)
        except OSError:
            logger.warning("%s cannot be renamed", file)
    except OSError as error:
        logger.warning("%s cannot be read: %s", file, error)
    return default


def save(file: Path, value: Any) -> None:
    """Write a value. Where that fails, the old file stays and the log says so."""
    try:
        replace_file(file, json.dumps(value, indent=1).encode())
    except OSError as error:
        logger.warning("%s cannot be written: %s", file, error)
