"""Finds the package `narvi` in this folder. Standard library only: worker processes load this file by its path."""

import importlib.machinery
import importlib.util
import os
import sys
from types import CodeType

NAME = "narvi"
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), NAME)
WEB_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "web")


class StaticLoader(importlib.machinery.SourceFileLoader):
    """Loads `narvi.static`, an empty package in the folder of narvi.js, which has no ``__init__.py``."""

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of an empty module."""
        return compile("", self.path, "exec")


class Finder:
    """A meta path finder for `narvi` alone; what is below it is found by the package's own path."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> "importlib.machinery.ModuleSpec | None":
        """Return the spec of `narvi` or `narvi.static`."""
        if name == NAME:
            folder, loader = FOLDER, None
        elif name == f"{NAME}.static":
            folder, loader = WEB_FOLDER, StaticLoader(name, os.path.join(WEB_FOLDER, "__init__.py"))
        else:
            return None
        file = os.path.join(folder, "__init__.py")
        return importlib.util.spec_from_file_location(
            name, file, loader=loader, submodule_search_locations=[folder]
        )


def install(first: bool = True) -> None:
    """Make `import narvi` find this package.

    Args:
        first: even if Narvi itself is installed; else only if it is not.
    """
    if Finder in sys.meta_path:
        return
    if first:
        sys.meta_path.insert(0, Finder)
    else:
        sys.meta_path.append(Finder)
