"""The child process. Started by file, under the app's interpreter, with nothing of ours installed there."""

import importlib.util
import os
import sys
from types import ModuleType


def _register() -> ModuleType:
    """Make this folder a package of its own, so that its relative imports work wherever it lies."""
    here = os.path.dirname(os.path.abspath(__file__))
    name = "narvi_desktop_worker"
    spec = importlib.util.spec_from_file_location(
        name, os.path.join(here, "__init__.py"), submodule_search_locations=[here]
    )
    assert spec is not None and spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    spec.loader.exec_module(package)
    return package


def _alias(package: ModuleType) -> None:
    """`from narvi_desktop import WebAppServices` works in an app, also where our package is absent."""
    alias = ModuleType("narvi_desktop", "The public names of narvi_desktop that a worker has.")
    for name in package.__all__:
        setattr(alias, name, getattr(package, name))
    sys.modules["narvi_desktop"] = alias


def _find_narvi() -> None:
    """Let apps written for Narvi import its helpers, where Narvi itself is not installed."""
    file = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "compat", "finder.py")
    if not os.path.exists(file):
        return  # only this folder has been copied to where it runs
    spec = importlib.util.spec_from_file_location("narvi_desktop_narvi_finder", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.install(first=False)


if __name__ == "__main__":
    package = _register()
    _alias(package)
    _find_narvi()
    importlib.import_module("narvi_desktop_worker.process").run()
