"""`narvi-desktop launcher`: entries of the desktop's menu. It needs no runtime."""

from __future__ import annotations

import argparse

from narvi_desktop.library.finder import Finder
from narvi_desktop.runtime.menu_entries import MenuEntries
from narvi_desktop.state.names import AppRef
from narvi_desktop.state.paths import Paths

from .output import print_answer


def run(arguments: argparse.Namespace, paths: Paths) -> int:
    app = None if arguments.app is None else AppRef(arguments.app)
    answer = MenuEntries(Finder(paths.installed)).change(arguments.do, app)
    return print_answer(arguments, answer, answer.message)
