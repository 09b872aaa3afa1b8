"""Files and classes of importable packages. Standard library only: services in worker processes use it too."""

import importlib
import os
from typing import Any


class ResourceLoader:
    """Finds resources by the dotted names of their packages."""

    @staticmethod
    def get_path_of_resource(package: str, resource: str = "") -> str:
        """Return the path of an importable package, or of a file in it. Raises ImportError."""
        module = importlib.import_module(package)
        folders = list(getattr(module, "__path__", ()))
        if not folders and module.__file__ is None:
            raise ImportError(f"{package!r} has no folder")
        folder = str(folders[0]) if folders else os.path.dirname(str(module.__file__))
        return os.path.join(folder, *resource.split("/")) if resource else folder

    @staticmethod
    def get_class(class_name: str) -> Any:
        """Return the class that a dotted path names. Raises ImportError, AttributeError."""
        module, _, name = class_name.rpartition(".")
        if not module:
            raise ImportError(f"{class_name!r} names no class: write 'package.module.Class'")
        return getattr(importlib.import_module(module), name)

    @staticmethod
    def split_resource_path(resource_path: str) -> "tuple[str, str]":
        """Split ``package.name/folder/file`` or ``package.name:folder/file`` into package and resource."""
        for separator in (":", "/"):
            package, found, resource = resource_path.partition(separator)
            if found:
                return package, resource
        package, _, resource = resource_path.rpartition(".")
        return package, resource
