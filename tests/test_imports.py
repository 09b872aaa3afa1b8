"""Imports go one way: cli → runtime → windows, monitor, server, library, integration → control → state, worker.

Imports for type checking and those inside functions count too.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "narvi_desktop"
ROOT = Path(__file__).resolve().parent.parent
MIDDLE = {"windows", "monitor", "server", "library", "integration"}

# Below the others, and importing none of them: the settings, and text that is made safe to print.
LEAVES = {"settings", "text"}

# Which parts a part may import, besides itself. "" is the public module, narvi_desktop/__init__.py.
ALLOWED_PARTS: dict[str, set[str]] = {
    "": {"embedding", "worker"},
    "__main__": {"cli"},
    "cli": {"", "runtime", "control", "state", *MIDDLE, *LEAVES},
    "runtime": {"", "control", "state", "worker", *MIDDLE, *LEAVES},
    **{part: {"", "state", "worker", *LEAVES} for part in MIDDLE},
    "server": {"", "control", "state", "worker", *LEAVES},
    "control": {"state"},
    "state": LEAVES,
    "embedding": {"server", *LEAVES},
    "compat": {"", "embedding"},
    "worker": set(),
    **{part: set() for part in LEAVES},
    "apps": {""},
}

# The only parts that may import what is neither ours nor Python's.
ALLOWED_LIBRARIES: dict[str, set[str]] = {
    "aiohttp": {"embedding", "server", "runtime"},
    "platformdirs": {"state"},
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
    """Yield line and full dotted name of every import in a file, also of the late ones inside functions."""
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


def module_level_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield what runs when a module is imported, and what is under `if TYPE_CHECKING`; not the bodies of functions."""
    for statement in body:
        yield statement
        for inner in ("body", "orelse", "finalbody"):
            if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield from module_level_statements(getattr(statement, inner, []))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def import_graph() -> dict[str, set[str]]:
    """Return which modules of the package each of its modules imports at module level."""
    paths = {module_name(path): path for path in sources() if part_of_file(path) != "apps"}
    graph: dict[str, set[str]] = {name: set() for name in paths}
    for name, path in paths.items():
        for statement in module_level_statements(ast.parse(path.read_text(encoding="utf-8")).body):
            if isinstance(statement, ast.Import):
                graph[name] |= {alias.name for alias in statement.names} & paths.keys()
            elif isinstance(statement, ast.ImportFrom):
                package = package_of(path)
                base = package[: len(package) - statement.level + 1] if statement.level else []
                module = ".".join([*base, *([statement.module] if statement.module else [])])
                # `from package import name`: the name may be a module of the package, or something inside it.
                targets = {f"{module}.{alias.name}" for alias in statement.names}
                graph[name] |= (targets if targets <= paths.keys() else {*targets, module}) & paths.keys()
    return graph


def find_circle(graph: dict[str, set[str]]) -> list[str]:
    """Return the modules of one circle, the first of them at both ends; empty when there is none."""
    done: set[str] = set()

    def walk(name: str, above: list[str]) -> list[str]:
        if name in above:
            return [*above[above.index(name) :], name]
        if name in done:
            return []
        for target in sorted(graph[name]):
            if circle := walk(target, [*above, name]):
                return circle
        done.add(name)
        return []

    return next((circle for name in sorted(graph) if (circle := walk(name, []))), [])


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert find_circle(import_graph()) == []


def test_a_circle_is_found() -> None:
    assert find_circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert find_circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_tests_share_what_lies_in_support() -> None:
    """A test module or a conftest belongs to pytest: what several tests need is a support module or a fixture."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {'.'.join(module)}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for line, module in imports(path)
        if module[0] == "tests" and any(part == "conftest" or part.startswith("test_") for part in module)
    ]
    assert wrong == []
