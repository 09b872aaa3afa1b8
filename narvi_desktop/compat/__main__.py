"""``python -m narvi_desktop.compat program.py …`` runs a program of Narvi on our server."""

from __future__ import annotations

import os
import runpy
import sys

from .finder import install

USAGE = """usage: python -m narvi_desktop.compat program.py [argument …]
       python -m narvi_desktop.compat -m module [argument …]"""


def main(arguments: list[str]) -> None:
    """Run a program as Python itself would, with `narvi` importable."""
    as_module = arguments[:1] == ["-m"]
    program = arguments[1:] if as_module else arguments
    if not program or program[0] in ("-h", "--help"):
        sys.exit(USAGE)
    install()
    sys.argv[:] = program
    if as_module:
        sys.path.insert(0, os.getcwd())
        runpy.run_module(program[0], run_name="__main__", alter_sys=True)
        return
    if not os.path.isfile(program[0]):
        sys.exit(f"There is no file {program[0]!r}.\n{USAGE}")
    sys.path.insert(0, os.path.dirname(os.path.abspath(program[0])))
    runpy.run_path(program[0], run_name="__main__")


if __name__ == "__main__":
    # Python has put the current folder first, which a script does not have.
    if sys.path and sys.path[0] in ("", os.getcwd()):
        del sys.path[0]
    main(sys.argv[1:])
