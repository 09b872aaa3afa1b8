"""Files of importable packages, and the globs of `resource_roots`."""

from __future__ import annotations

import fnmatch
import importlib
import os
import re


def get_path_of_resource(package: str, resource: str = "") -> str:
    """Return the path of an importable package, or of a file in it.

    Raises:
        ImportError: there is no such package.
    """
    module = importlib.import_module(package)
    folders = list(getattr(module, "__path__", ()))
    if folders:
        folder = folders[0]
    elif module.__file__ is not None:
        folder = os.path.dirname(module.__file__)
    else:
        raise ImportError(f"{package!r} has no folder")
    return os.path.join(folder, *resource.split("/")) if resource else folder


def fnmatch_glob(pattern: str) -> re.Pattern[str]:
    """Compile a glob as Narvi does: ``*`` crosses "/", and ``**/`` may stand for no folder at all."""
    pattern = pattern.lstrip("/")
    if pattern.startswith("**/"):
        return re.compile(f"(?:{fnmatch.translate(pattern)})|(?:{fnmatch.translate(pattern[3:])})", re.DOTALL)
    return re.compile(fnmatch.translate(pattern))
