"""`narvi-desktop doctor`: run all checks, print the results, and write the report. Nothing is started or changed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from narvi_desktop.cli.output import print_document
from narvi_desktop.control.errors import ExitCode
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.state.paths import Paths

from .checks import Check, run_checks
from .installation import InstallationChecks
from .report import Report
from .runtime import RuntimeChecks
from .screen import ScreenChecks

_SYMBOLS = {"ok": "✓", "note": "!", "problem": "✗"}


def run(arguments: argparse.Namespace, paths: Paths) -> int:
    checks = examine(paths)
    ok = all(check.state != "problem" for check in checks)
    document = {"ok": ok, "checks": [asdict(check) for check in checks]}
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    text = "\n".join(format_lines(checks, ascii_only))
    print_document(arguments, document, text)
    if arguments.report is not None:
        return _write_report(Path(arguments.report), Report(paths, text, {"schema": 1, **document}), arguments.yes)
    return ExitCode.DONE if ok else ExitCode.FAILED


def examine(paths: Paths) -> list[Check]:
    """Run all checks."""
    installation, runtime, screen = InstallationChecks(paths), RuntimeChecks(paths), ScreenChecks()
    functions = {
        "versions": installation.versions,
        "display": screen.display,
        "toolkit": screen.toolkit,
        "traps": screen.traps,
        "browsers": screen.browsers,
        "folders": installation.folders,
        "config": installation.config,
        "runtime": runtime.runtime,
        "ports": runtime.ports,
        "menu": installation.menu,
        "apps": installation.apps,
    }
    return list(run_checks(functions))


def format_lines(checks: list[Check], ascii_only: bool) -> Iterator[str]:
    """Yield a line for each check with its fix below it, and at the end the number of problems."""
    width = max(len(f"{check.area} {check.name}") for check in checks)
    for check in checks:
        symbol = check.state[:1] if ascii_only else _SYMBOLS[check.state]
        yield f"{symbol} {check.state:<7} {f'{check.area} {check.name}':<{width}}  {check.found}"
        if check.fix and check.state != "ok":
            yield f"{'':<{width + 12}}-> {check.fix}"
    problems = sum(check.state == "problem" for check in checks)
    yield f"{problems} problem{'' if problems == 1 else 's'} found." if problems else "No problems found."


def _write_report(file: Path, report: Report, confirmed: bool) -> int:
    # On stderr: stdout may be JSON.
    for name, content in report.members.items():
        print(f"  {name:<28} {len(content.encode())} bytes", file=sys.stderr)
    if not confirmed:
        if not sys.stdin.isatty():
            raise LibraryError(f"There is no terminal to ask whether {file} may be written; add --yes.")
        print(f"Write {file}? It stays on this machine. [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            print("Not written.", file=sys.stderr)
            return ExitCode.DONE
    try:
        report.write(file)
    except OSError as error:
        raise LibraryError(f"{file} cannot be written: {error.strerror}.") from error
    print(f"{file} is written; it was sent to nobody.", file=sys.stderr)
    return ExitCode.DONE
