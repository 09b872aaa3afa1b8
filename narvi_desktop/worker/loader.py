"""Load the class or function that a registration names."""

from __future__ import annotations

import importlib
import os
import sys
import threading
from types import ModuleType
from typing import Any, Callable

# Loading into one interpreter changes sys.path and sys.modules for a moment: one thread at a time.
_lock = threading.Lock()
_private: dict[tuple[str, str], ModuleType] = {}


def load(reference: Any, folder: str | None, private: bool) -> Any:
    """Return the object that ``module:Name`` or a dotted path names, or the object itself.

    Args:
        folder: first on the import path, or None for what is importable anyway.
        private: several folders share this interpreter and each may have its own ``service.py``.

    Raises:
        ImportError, AttributeError: with the reference in the message; errors inside the app's
        module come through as they are.
    """
    if not isinstance(reference, str):
        return reference
    module_name, _, name = reference.partition(":") if ":" in reference else reference.rpartition(".")
    if not module_name or not name:
        raise ImportError(f"{reference!r} names no class: write 'module:Class'")
    module = _import(module_name, folder, private)
    target: Any = module
    for part in name.split("."):
        try:
            target = getattr(target, part)
        except AttributeError:
            raise AttributeError(f"{reference!r}: module {module_name!r} has no {name!r}") from None
    return target


def _import(module_name: str, folder: str | None, private: bool) -> ModuleType:
    if folder is None:
        return importlib.import_module(module_name)
    if not private:
        if folder not in sys.path:
            sys.path.insert(0, folder)
        return importlib.import_module(module_name)
    with _lock:
        key = (folder, module_name)
        if key not in _private:
            _private[key] = _import_privately(module_name, folder)
        return _private[key]


def _import_privately(module_name: str, folder: str) -> ModuleType:
    """Import, then rename the folder's modules in sys.modules, so that another folder's do not clash."""
    before = set(sys.modules)
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        return importlib.import_module(module_name)
    finally:
        sys.path.remove(folder)
        for name in set(sys.modules) - before:
            file = getattr(sys.modules[name], "__file__", None)
            if file and os.path.abspath(file).startswith(os.path.join(folder, "")):
                sys.modules[f"_narvi_app_{abs(hash(folder)):x}.{name}"] = sys.modules.pop(name)


def has_async_methods(target: Callable[..., Any]) -> bool:
    """Whether a class defines coroutine functions: its thread then runs an asyncio loop from the start."""
    coroutine_flag = 0x80  # inspect.CO_COROUTINE, without importing inspect into every worker
    for base in getattr(target, "__mro__", ()):
        for member in vars(base).values():
            code = getattr(member, "__code__", None)
            if code is not None and code.co_flags & coroutine_flag:
                return True
    return False
