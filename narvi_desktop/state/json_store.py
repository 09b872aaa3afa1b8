"""Small JSON files of the state folder: written whole or not at all; a bad one is put aside."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from narvi_desktop.state.record import write_private

logger = logging.getLogger("narvi_desktop.runtime")
T = TypeVar("T")


def load(file: Path, parse: Callable[[Any], T], default: T) -> T:
    """What a file keeps, or the default.

    Args:
        parse: from the JSON value to what is kept; raises ValueError, TypeError, KeyError or AttributeError.
    """
    try:
        return parse(json.loads(file.read_bytes()))
    except FileNotFoundError:
        return default
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        aside = file.with_name(file.name + ".bad")
        logger.warning("%s cannot be used (%s: %s): kept as %s", file, type(error).__name__, error, aside.name)
        try:
            file.replace(aside)
        except OSError:
            logger.warning("%s cannot be put aside", file)
    except OSError as error:
        logger.warning("%s cannot be read: %s", file, error)
    return default


def save(file: Path, value: Any) -> None:
    """Keep a value; what was kept before stays where that cannot be done."""
    try:
        write_private(file, json.dumps(value, indent=1).encode())
    except OSError as error:
        logger.warning("%s cannot be written: %s", file, error)
