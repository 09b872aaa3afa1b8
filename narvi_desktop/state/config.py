"""Read the user's config.toml into one object."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

from narvi_desktop.settings import Settings


@dataclass(frozen=True)
class Config:
    """What a person may set; `problem` says why the file is not used, or is empty."""

    keep_running: bool = False
    port: int | None = None
    trusted_threads: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)
    problem: str = ""


def load(folder: Path) -> Config:
    """Return the config; a file that cannot be used means the defaults, and a problem."""
    file = folder / "config.toml"
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
        return _config(values)
    except FileNotFoundError:
        return Config()
    except (OSError, ValueError, TypeError) as error:
        return Config(problem=f"{file} is not used: {error}")


def _config(values: dict[str, Any]) -> Config:
    known = get_type_hints(Settings)
    numbers: dict[str, Any] = {}
    for name, value in values.get("settings", {}).items():
        if name not in known:
            raise ValueError(f"settings.{name} is not known")
        of_many = known[name] not in (int, float)
        if isinstance(value, list) != of_many:
            raise ValueError(f"settings.{name} has the wrong type")
        for number in value if isinstance(value, list) else [value]:
            is_int = known[name] is not int or isinstance(number, int)
            if isinstance(number, bool) or not isinstance(number, (int, float)) or not is_int or not number > 0:
                raise ValueError(f"settings.{name} must be a {'whole ' if known[name] is int else ''}number above 0")
        numbers[name] = tuple(value) if of_many else value
    port = values.get("port")
    if port is not None and not (isinstance(port, int) and 1024 <= port <= 65535):
        raise ValueError("port must be from 1024 to 65535")
    return Config(
        keep_running=values.get("keep_running", False) is True,
        port=port,
        trusted_threads=tuple(str(name) for name in values.get("trusted_threads", ())),
        settings=dataclasses.replace(Settings(), **numbers),
    )
