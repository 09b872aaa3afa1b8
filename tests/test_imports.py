"""Imports go one way: cli → runtime → windows, monitor, server, library, integration → worker."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "narvi_desktop"
ROOT = Path(__file__).resolve().parent.parent
MIDDLE = {"windows", "monitor", "server", "library", "integration"}

# Which parts of ours a part may import, besides itself. "" is the front door, narvi_desktop/__init__.py.
ALLOWED_PARTS: dict[str, set[str]] = {
    "": {"embedding", "worker"},
    "__main__": {"cli"},
    "cli": {"", "settings", "runtime", "worker", *MIDDLE},
    "double_click": {"library", "runtime"},
    "runtime": {"", "settings", "worker", *MIDDLE},
    **{part: {"", "settings", "worker"} for part in MIDDLE},
    "embedding": {"server", "settings"},
    "compat": {"", "embedding"},
    "worker": set(),
    "settings": set(),
    "apps": {""},
}

# The only parts that may import what is neither ours nor Python's.
ALLOWED_LIBRARIES: dict[str, set[str]] = {
    "aiohttp": {"embedding", "server", "runtime"},
    "platformdirs": {"runtime"},
    "psutil": {"monitor", "apps"},
    "rich": {"monitor"},
    "webcolors": {"monitor"},
    "webview": {"windows"},
    "qtpy": {"windows"},
    "PySide6": {"windows"},
}

# The worker runs on Python 3.9, whose standard library lacks these.
NEWER_THAN_THE_WORKER = {"tomllib"}


def sources() -> list[Path]:
    return sorted((ROOT / PACKAGE).rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def package_of(path: Path) -> list[str]:
    """The dotted package that relative imports of a file start from."""
    return list(path.relative_to(ROOT).parent.parts)


def part_of(module: list[str]) -> str:
    """The part of ours that a dotted name inside the package belongs to."""
    if len(module) == 1 or module[1] in narvi_names():
        return ""
    return module[1]


def narvi_names() -> set[str]:
    """Names of the front door: `from narvi_desktop import X` names no part."""
    import narvi_desktop

    return set(narvi_desktop.__all__)


def part_of_file(path: Path) -> str:
    first = path.relative_to(ROOT / PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def imports(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line and full dotted name of every import in a file, also the late ones inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name.split(".")
        elif isinstance(node, ast.ImportFrom):
            package = package_of(path)
            base = package[: len(package) - node.level + 1] if node.level else []
            module = base + (node.module.split(".") if node.module else [])
            for alias in node.names:
                # Only right below our package can the name that is imported be a part.
                yield node.lineno, [*module, alias.name] if module == [PACKAGE] else module


def is_beside(path: Path, name: str) -> bool:
    """An app imports its own modules by their plain names, since its folder is on the import path."""
    return part_of_file(path) == "apps" and any(
        (path.parent / place).exists() for place in (f"{name}.py", f"{name}/__init__.py")
    )


def complaint(path: Path, module: list[str]) -> str | None:
    part, first = part_of_file(path), module[0]
    if first == PACKAGE:
        target = part_of(module)
        if target == part or target in ALLOWED_PARTS.get(part, set()):
            return None
        return f"{part or 'the front door'} must not import {target or 'the front door'}"
    if first in sys.stdlib_module_names or is_beside(path, first):
        return None
    if part in ALLOWED_LIBRARIES.get(first, set()):
        return None
    return f"{part or 'the front door'} must not import {first}"


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    wrong = [
        f"{name_of(path)}:{line}: {problem}"
        for line, module in imports(path)
        if (problem := complaint(path, module))
    ]
    assert wrong == []


def worker_sources() -> list[Path]:
    return [path for path in sources() if part_of_file(path) == "worker"]


@pytest.mark.parametrize("path", worker_sources(), ids=name_of)
def test_worker_imports_only_relatively_and_from_an_old_standard_library(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))
    absolute: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            absolute |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            absolute.add(node.module.split(".")[0])
    assert absolute <= sys.stdlib_module_names - NEWER_THAN_THE_WORKER


def test_every_part_has_its_rule() -> None:
    assert {part_of_file(path) for path in sources()} <= set(ALLOWED_PARTS)
